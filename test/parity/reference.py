"""Answers for the comparison with the reference implementation.

    python reference.py MODEL QUESTIONS ANSWERS VECTORS

QUESTIONS is JSON, {"embed": [texts], "tokenize": [texts]}. ANSWERS gets
{"embed": [ids of each], "tokenize": [ids of each]}, VECTORS the embeddings of the
first list as float32, row after row.
"""

import json
import sys
import tempfile
from pathlib import Path

from model2vec import StaticModel

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from reference_model import write_reference  # noqa: E402

model, questions, answers, vectors = map(Path, sys.argv[1:])
with tempfile.TemporaryDirectory() as directory:
    write_reference(model, Path(directory))
    reference = StaticModel.from_pretrained(directory)
texts = json.loads(questions.read_text("utf-8"))
reference.encode(texts["embed"], max_length=None, use_multiprocessing=False).astype("<f4").tofile(vectors)
tokenizer = reference.tokenizer
ids = {name: [e.ids for e in tokenizer.encode_batch_fast(list_, add_special_tokens=False)] for name, list_ in texts.items()}
answers.write_text(json.dumps(ids))
