"""The reference implementation's part of `npm run bench -- --reference`.

    python scripts/bench_reference.py MODEL TEXTS

TEXTS is JSON, {"embed": [{"tokens", "texts"}], "batch": [texts], "loads", "runs"}.
Prints JSON in milliseconds; importing the package does not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from model2vec import StaticModel

from reference_model import write_reference


def milliseconds(work) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def main() -> None:
    if sys.argv[1] == "--load":
        print(milliseconds(lambda: StaticModel.from_pretrained(sys.argv[2])))
        return
    questions = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as directory:
        write_reference(Path(sys.argv[1]), Path(directory))
        once = [sys.executable, __file__, "--load", directory]
        loads = [float(subprocess.check_output(once)) for _ in range(questions["loads"])]
        model = StaticModel.from_pretrained(directory)
    embed = []
    for length in questions["embed"]:
        texts = length["texts"]
        for text in texts:
            model.encode(text, max_length=None)
        runs = [
            milliseconds(lambda text=texts[run % len(texts)]: model.encode(text, max_length=None))
            for run in range(questions["runs"])
        ]
        embed.append({"tokens": length["tokens"], "runs": runs})
    batch = questions["batch"]
    model.encode(batch, max_length=None)
    print(json.dumps({"loads": loads, "embed": embed, "batch": milliseconds(lambda: model.encode(batch, max_length=None))}))


main()
