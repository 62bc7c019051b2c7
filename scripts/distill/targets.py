"""What the student should say of each text: one vector out of several teachers.

A text's target is [a * base ; b * USE ; c * e5], reduced to the student's
dimension by PCA, so that the target's cosine is a weighted mean of the teachers'
cosines. Where a teacher has not read a text (the base model reads no Japanese,
e5 is slow), a ridge regression from the others stands in for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve

from .corpora import Text
from .embeddings import normalised
from .teachers import Teacher

RIDGE = 1.0


@dataclass(frozen=True)
class TeacherWeights:
    """Share of each teacher in the target (squared, its share of the cosine)."""

    base: float = 0.75
    use: float = 0.5
    e5: float = 0.7


@dataclass
class Views:
    """What the teachers say of n texts; NaN rows where one has not read a text."""

    base: np.ndarray  # (n, 384)
    use: np.ndarray  # (n, 512)
    e5: np.ndarray | None  # (n, 384)


def read_views(texts: Sequence[Text], base: Teacher, use: Teacher, e5: Teacher | None, e5_characters: int) -> Views:
    """Ask the teachers: base for English, USE for all, e5 for JSTS sentences of at most `e5_characters`.

    e5 is the best judge of Japanese and ten times as slow as the others.
    """
    base_view = _one_side([t.english for t in texts], base)
    use_view = _both_sides(texts, use)
    if e5 is None:
        return Views(base_view, use_view, None)
    asked = [t if t.source == "jsts" and len(t.japanese) <= e5_characters else Text(t.source) for t in texts]
    return Views(base_view, use_view, _both_sides(asked, e5))


def _one_side(sentences: list[str | None], teacher: Teacher) -> np.ndarray:
    rows = [row for row, sentence in enumerate(sentences) if sentence]
    view = np.full((len(sentences), teacher.dimension), np.nan, np.float32)
    if rows:
        view[rows] = teacher.encode([sentences[row] for row in rows])
    return view


def _both_sides(texts: Sequence[Text], teacher: Teacher) -> np.ndarray:
    """Mean of the two languages' vectors, or the one there is."""
    sides = np.stack([_one_side([t.japanese for t in texts], teacher), _one_side([t.english for t in texts], teacher)])
    known = ~np.isnan(sides[:, :, :1])
    total = np.where(known, sides, 0).sum(axis=0)
    return np.where(known.any(axis=0), normalised(total), np.nan).astype(np.float32)


def ridge(x: np.ndarray, y: np.ndarray, penalty: float = RIDGE) -> np.ndarray:
    """Least-squares map (x columns, y columns) with an L2 penalty."""
    gram = x.T @ x + penalty * np.eye(x.shape[1], dtype=x.dtype)
    return solve(gram, x.T @ y, assume_a="pos").astype(np.float32)


class TargetSpace:
    """Fitted on the views of the training texts; turns any views into targets."""

    def __init__(self, views: Views, dimension: int, weights: TeacherWeights = TeacherWeights()) -> None:
        self.weights = weights
        read = ~np.isnan(views.base[:, 0])
        self.use_to_base = ridge(views.use[read], views.base[read])
        base = self.complete_base(views)
        self.e5_mean = self.to_e5 = None
        if views.e5 is not None and (known := ~np.isnan(views.e5[:, 0])).any():
            self.e5_mean = views.e5[known].mean(axis=0)
            self.to_e5 = ridge(
                np.hstack([base, views.use])[known], normalised(views.e5[known] - self.e5_mean), penalty=10.0
            )
        joined = self._join(base, views)
        values, vectors = np.linalg.eigh(joined.T @ joined)
        self.components = vectors[:, np.argsort(-values)[:dimension]].astype(np.float32)

    def complete_base(self, views: Views) -> np.ndarray:
        """The base model's vectors, mapped from USE where it has not read the text."""
        mapped = normalised(views.use @ self.use_to_base)
        return np.where(np.isnan(views.base[:, :1]), mapped, views.base)

    def transform(self, views: Views, base: np.ndarray | None = None) -> np.ndarray:
        """Targets: unit vectors (n, dimension)."""
        joined = self._join(self.complete_base(views) if base is None else base, views)
        return normalised(joined @ self.components)

    def _join(self, base: np.ndarray, views: Views) -> np.ndarray:
        parts = [self.weights.base * base, self.weights.use * views.use]
        if self.to_e5 is not None:
            e5 = normalised(np.hstack([base, views.use]) @ self.to_e5)
            if views.e5 is not None:
                e5 = np.where(np.isnan(views.e5[:, :1]), e5, normalised(views.e5 - self.e5_mean))
            parts.append(self.weights.e5 * e5)
        return np.hstack(parts)
