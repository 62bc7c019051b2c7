"""Writing the model: the binary file, the vocabulary, metadata, the reference format.

model2vec.bin, little-endian; offsets are multiples of 64, so that a reader can lay
typed arrays over the file:

    0   8 bytes  ASCII magic MODEL2V1
    8   uint32   V, rows           12  uint32  D, dimension
    16  uint32   offset of scales  20  uint32  offset of weights
    24  uint32   offset of vectors 28  uint32  size of the file
    scales float32[V] | weights float32[V] | vectors int8[V * D]
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from .vocabulary import PATTERN, UNKNOWN

MAGIC = b"MODEL2V1"
ALIGNMENT = 64
MIN_BYTES = 8_000_000
MAX_BYTES = 30_000_000


@dataclass(frozen=True)
class StaticModel:
    """Quantised token vectors: token v is weights[v] * scales[v] * vectors[v]."""

    scales: np.ndarray  # float32 (V,)
    weights: np.ndarray  # float32 (V,)
    vectors: np.ndarray  # int8 (V, D)

    def dense(self) -> np.ndarray:
        """Weighted token vectors, float32 (V, D)."""
        return (self.weights * self.scales)[:, None] * self.vectors


def quantise(weighted: np.ndarray) -> StaticModel:
    """Split weighted vectors (V, D) into length, direction and int8 steps of it.

    The length becomes the token's weight; the unit direction is kept in 127 steps
    of its largest component, so light tokens lose no precision to heavy ones.
    """
    weights = np.linalg.norm(weighted, axis=1).astype(np.float32)
    directions = weighted / np.maximum(weights, 1e-12)[:, None]
    scales = (np.abs(directions).max(axis=1) / 127).astype(np.float32)
    vectors = np.rint(directions / np.maximum(scales, 1e-12)[:, None]).astype(np.int8)
    return StaticModel(scales, weights, vectors)


def model_bytes(model: StaticModel) -> bytes:
    """The content of model2vec.bin."""
    count, dimension = model.vectors.shape
    scales_at = ALIGNMENT
    weights_at = _aligned(scales_at + 4 * count)
    vectors_at = _aligned(weights_at + 4 * count)
    out = bytearray(vectors_at + count * dimension)
    struct.pack_into("<8s6I", out, 0, MAGIC, count, dimension, scales_at, weights_at, vectors_at, len(out))
    out[scales_at : scales_at + 4 * count] = model.scales.astype("<f4").tobytes()
    out[weights_at : weights_at + 4 * count] = model.weights.astype("<f4").tobytes()
    out[vectors_at:] = model.vectors.tobytes()
    return bytes(out)


def read_model(path: Path) -> StaticModel:
    """Read model2vec.bin back; ValueError when the header does not fit the file."""
    data = path.read_bytes()
    magic, count, dimension, scales_at, weights_at, vectors_at, size = struct.unpack_from("<8s6I", data)
    if magic != MAGIC or size != len(data) or vectors_at + count * dimension != size:
        raise ValueError(f"{path} is not a complete model2vec.bin")
    return StaticModel(
        np.frombuffer(data, "<f4", count, scales_at),
        np.frombuffer(data, "<f4", count, weights_at),
        np.frombuffer(data, np.int8, count * dimension, vectors_at).reshape(count, dimension),
    )


def vocabulary_bytes(vocabulary: list[tuple[str, float]]) -> bytes:
    """The content of vocab.txt: token TAB log-probability, in the order of the ids."""
    return "".join(f"{token}\t{score!r}\n" for token, score in vocabulary).encode()


def tokenizer_settings() -> dict:
    """How metadata.json describes the tokenizer."""
    return {
        "type": "unigram",
        "normalizer": ["NFKC", "Lowercase"],
        "pattern": {"oniguruma": PATTERN, "javascript": PATTERN, "flags": "u", "use": "matches are the pieces"},
        "unknownToken": UNKNOWN,
        "unknownId": 0,
        "unknownPenalty": 10,
        "byteFallback": False,
    }


def write_files(folder: Path, files: dict[str, bytes]) -> dict[str, dict]:
    """Write files so that no reader sees half of one; returns size and SHA-256 of each.

    All are complete under temporary names before the first is renamed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.tmp").write_bytes(content)
    for name in files:
        os.replace(folder / f"{name}.tmp", folder / name)
    return {name: describe(content) for name, content in files.items()}


def describe(content: bytes) -> dict:
    """Size and SHA-256 of a file's content."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def json_bytes(value: dict) -> bytes:
    """Indented JSON with a final newline, non-ASCII characters as they are."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def save_reference(folder: Path, model: StaticModel, tokenizer: Tokenizer) -> None:
    """Write the model for Python's `model2vec.StaticModel.from_pretrained(folder)`.

    Without `max_length=None` the reference cuts texts after 512 tokens.
    """
    from model2vec import StaticModel as Reference

    vectors = model.scales[:, None] * model.vectors.astype(np.float32)
    reference = Reference(vectors, tokenizer, normalize=True, weights=model.weights, max_length=None)
    reference.save_pretrained(str(folder))


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT
