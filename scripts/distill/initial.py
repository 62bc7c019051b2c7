"""The vectors that training starts from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from .corpora import Text
from .embeddings import embed, normalised
from .targets import TargetSpace, Views, ridge
from .teachers import Teacher
from .vocabulary import normalise

GLOSS_SHARE = 0.5


def token_targets(
    tokens: Sequence[str], dictionary: Sequence[Text], space: TargetSpace, base: Teacher, use: Teacher
) -> np.ndarray:
    """What the teachers say of each token on its own: (len(tokens), dimension), centred.

    A Japanese token that the dictionary knows gets half of its base part from the
    base model's vectors of the English glosses.
    """
    latin = [row for row, token in enumerate(tokens) if token[0].isascii()]
    views = Views(np.full((len(tokens), base.dimension), np.nan, np.float32), use.encode(list(tokens)), None)
    views.base[latin] = base.encode([tokens[row] for row in latin])
    completed = space.complete_base(views)
    row_of = {token: row for row, token in enumerate(tokens)}
    entries = [(row, t.english) for t in dictionary if (row := row_of.get(normalise(t.japanese))) is not None]
    if entries:
        rows = np.array([row for row, _ in entries])
        glosses = np.zeros_like(completed)
        np.add.at(glosses, rows, base.encode([gloss for _, gloss in entries]))
        known = np.unique(rows)
        completed[known] = normalised((1 - GLOSS_SHARE) * completed[known] + GLOSS_SHARE * normalised(glosses[known]))
    vectors = space.transform(views, base=completed)
    return vectors - vectors.mean(axis=0)


def fit_globally(vectors: np.ndarray, matrix: csr_matrix, targets: np.ndarray) -> np.ndarray:
    """One linear map of all token vectors that brings the texts closest to their targets."""
    return vectors @ ridge(embed(matrix, vectors), targets, penalty=10.0)
