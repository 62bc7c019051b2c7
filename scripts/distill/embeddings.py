"""Token ids as sparse matrices, so that embedding texts is one product."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer

MAX_CHARACTERS = 600


def token_matrix(tokenizer: Tokenizer, texts: Sequence[str]) -> csr_matrix:
    """Counts of each token: float32 (len(texts), vocabulary); unknown ones left out."""
    indices: list[int] = []
    starts = [0]
    for encoding in tokenizer.encode_batch([text[:MAX_CHARACTERS] for text in texts], add_special_tokens=False):
        indices += [token for token in encoding.ids if token]
        starts.append(len(indices))
    shape = (len(texts), tokenizer.get_vocab_size())
    matrix = csr_matrix((np.ones(len(indices), np.float32), indices, starts), shape=shape)
    matrix.sum_duplicates()
    return matrix


def normalised(rows: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; zero rows stay zero."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def embed(matrix: csr_matrix, vectors: np.ndarray) -> np.ndarray:
    """Unit vectors of texts: (texts, vocabulary) by (vocabulary, dimension)."""
    return normalised(matrix @ vectors)


def frequency_weights(matrix: csr_matrix, half: float = 1e-3) -> np.ndarray:
    """Smooth inverse frequency (Arora et al. 2017): half / (half + p), float32 (vocabulary,)."""
    counts = np.asarray(matrix.sum(axis=0)).ravel()
    return (half / (half + counts / counts.sum())).astype(np.float32)
