"""The model in the format of the reference implementation, model2vec.

    python scripts/reference_model.py MODEL DIRECTORY

reads model2vec.bin, vocab.txt and metadata.json of the folder MODEL and writes a
folder that `StaticModel.from_pretrained(DIRECTORY)` loads: normalised vectors,
no truncation of long texts.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from pathlib import Path

import numpy as np
from model2vec import StaticModel
from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Lowercase, Sequence
from tokenizers.pre_tokenizers import Split

MAGIC = b"MODEL2V1"


def read_rows(path: Path) -> np.ndarray:
    """The rows of `model2vec.bin`, float32 (V, D): weight x scale x int8, as they enter the mean."""
    content = path.read_bytes()
    if content[:8] != MAGIC:
        raise ValueError(f"{path} starts with {content[:8]!r}, expected {MAGIC!r}")
    rows, dimension, scales_at, weights_at, vectors_at, total = struct.unpack_from("<6I", content, 8)
    if total != len(content):
        raise ValueError(f"{path} says it has {total} bytes and has {len(content)}")
    scales = np.frombuffer(content, "<f4", rows, scales_at)
    weights = np.frombuffer(content, "<f4", rows, weights_at)
    vectors = np.frombuffer(content, np.int8, rows * dimension, vectors_at).reshape(rows, dimension)
    return vectors * (scales * weights)[:, np.newaxis]


def read_vocabulary(path: Path) -> list[tuple[str, float]]:
    """Tokens and log-probabilities of `vocab.txt`, in the order of ids."""
    lines = path.read_text("utf-8").removesuffix("\n").split("\n")
    return [(token, float(score)) for token, score in (line.rsplit("\t", 1) for line in lines)]


def read_tokenizer(model: Path) -> Tokenizer:
    """The tokenizer that `vocab.txt` and `metadata.json` describe."""
    settings = json.loads((model / "metadata.json").read_text("utf-8"))["tokenizer"]
    pattern = settings["pattern"]
    tokenizer = Tokenizer(Unigram(read_vocabulary(model / "vocab.txt"), unk_id=0, byte_fallback=False))
    tokenizer.normalizer = Sequence([NFKC(), Lowercase()])
    tokenizer.pre_tokenizer = Split(
        Regex(pattern if isinstance(pattern, str) else pattern["oniguruma"]), behavior="removed", invert=True
    )
    return tokenizer


def write_reference(model: Path, directory: Path) -> None:
    """Write the model of the folder `model` to `directory` in the reference format."""
    reference = StaticModel(
        read_rows(model / "model2vec.bin"), read_tokenizer(model), config={}, normalize=True, max_length=None
    )
    reference.save_pretrained(directory)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a model in the format of the reference implementation.")
    parser.add_argument("model", type=Path, help="folder of model2vec.bin, vocab.txt and metadata.json")
    parser.add_argument("directory", type=Path, help="folder to write")
    arguments = parser.parse_args()
    try:
        write_reference(arguments.model, arguments.directory)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"reference_model.py: {error}")


if __name__ == "__main__":
    main()
