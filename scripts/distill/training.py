"""Training of the token vectors: Adam on the rows that a batch touches, in numpy.

The student is x = sum of weight * vector over the tokens, y = x / |x|. Every loss
is a function of the unit vectors y, so its gradient passes through one formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from tqdm import tqdm

from .embeddings import normalised


@dataclass(frozen=True)
class Stage:
    """One part of the schedule.

    cosine, similarity, contrast: weights of the three losses;
    whitening: power by which the targets' covariance is flattened;
    records: drawn for a batch; rate: falls linearly to zero.
    """

    name: str
    steps: int
    rate: float
    cosine: float = 1.0
    similarity: float = 0.0
    contrast: float = 0.0
    temperature: float = 0.1
    whitening: float = 0.0
    records: int = 512


@dataclass
class Sides:
    """Tokenised texts with the record (row of the targets) each belongs to.

    A record is one meaning: a text in one language, or a pair of translations.
    """

    matrix: csr_matrix  # (sides, vocabulary), weighted
    record: np.ndarray  # (sides,)

    def __post_init__(self) -> None:
        order = np.argsort(self.record, kind="stable")
        self._order = order
        self._starts = np.searchsorted(self.record[order], np.arange(self.record.max() + 2))

    def of(self, records: np.ndarray) -> np.ndarray:
        """Rows of all sides of the given records."""
        return np.concatenate([self._order[self._starts[r] : self._starts[r + 1]] for r in records])


class Adam:
    """Adam whose moments move only for the rows of a batch."""

    def __init__(self, shape: tuple[int, int], beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.mean = np.zeros(shape, np.float32)
        self.square = np.zeros(shape, np.float32)
        self.count = np.zeros((shape[0], 1), np.float32)
        self.beta1, self.beta2 = beta1, beta2

    def step(self, values: np.ndarray, rows: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        """Move `values[rows]` against `gradient` (len(rows), dimension)."""
        count = self.count[rows] + 1
        mean = self.beta1 * self.mean[rows] + (1 - self.beta1) * gradient
        square = self.beta2 * self.square[rows] + (1 - self.beta2) * gradient * gradient
        self.count[rows], self.mean[rows], self.square[rows] = count, mean, square
        mean /= 1 - self.beta1**count
        square /= 1 - self.beta2**count
        values[rows] -= rate * mean / (np.sqrt(square) + 1e-8)


def train(
    vectors: np.ndarray, sides: Sides, targets: np.ndarray, stage: Stage, batches: Iterator[np.ndarray]
) -> None:
    """Run one stage on `vectors` (vocabulary, dimension) in place."""
    adam = Adam(vectors.shape)
    for step in tqdm(range(stage.steps), desc=stage.name, unit="step", mininterval=2):
        rows = sides.of(next(batches))
        batch, record = sides.matrix[rows], sides.record[rows]
        touched = np.unique(batch.indices)
        batch = csr_matrix((batch.data, np.searchsorted(touched, batch.indices), batch.indptr), (len(rows), len(touched)))
        x = batch @ vectors[touched]
        norm = np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-6)
        y = x / norm
        slope = loss_gradient(y, targets[record], record, stage)
        # d y / d x: only what is perpendicular to y turns it.
        slope = (slope - (slope * y).sum(axis=1, keepdims=True) * y) / norm
        adam.step(vectors, touched, batch.T @ slope, stage.rate * (1 - step / stage.steps))


def loss_gradient(y: np.ndarray, t: np.ndarray, record: np.ndarray, stage: Stage) -> np.ndarray:
    """Gradient with respect to the unit vectors y (n, d), given targets t (n, d)."""
    slope = np.zeros_like(y)
    if stage.cosine:
        slope -= stage.cosine / len(y) * t
    if stage.similarity:
        slope += stage.similarity * similarity_gradient(y, t)
    if stage.contrast:
        slope += stage.contrast * contrast_gradient(y, record, stage.temperature)
    return slope


def similarity_gradient(y: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Squared error between the two similarity matrices, more weight where the teacher sees likeness."""
    wanted = t @ t.T
    weight = 0.1 + np.square(np.maximum(wanted, 0))
    np.fill_diagonal(weight, 0)
    return (4 / weight.sum()) * ((weight * (y @ y.T - wanted)) @ y)


def contrast_gradient(y: np.ndarray, record: np.ndarray, temperature: float) -> np.ndarray:
    """InfoNCE (van den Oord et al. 2018): each side picks its translation among the batch."""
    if len(y) < 2:
        return np.zeros_like(y)
    scores = y @ y.T / temperature
    np.fill_diagonal(scores, -np.inf)
    scores -= scores.max(axis=1, keepdims=True)
    chosen = np.exp(scores)
    chosen /= chosen.sum(axis=1, keepdims=True)
    same = (record[:, None] == record[None, :]).astype(np.float32)
    np.fill_diagonal(same, 0)
    partners = same.sum(axis=1, keepdims=True)
    translated = partners > 0
    error = np.where(translated, chosen - same / np.maximum(partners, 1), 0) / max(1, translated.sum())
    return ((error + error.T) @ y) / temperature


def random_batches(probability: np.ndarray, size: int, generator: np.random.Generator) -> Iterator[np.ndarray]:
    """Endless batches of records, drawn by `probability` (records,)."""
    edges = np.cumsum(probability)
    while True:
        yield np.unique(np.searchsorted(edges, generator.random(size) * edges[-1]).clip(max=len(edges) - 1))


def whitened(rows: np.ndarray, power: float) -> np.ndarray:
    """Rows with their covariance flattened: eigenvalues to the power (1 - power); unit length."""
    return normalised(rows @ whitening(rows, power))


def whitening(rows: np.ndarray, power: float) -> np.ndarray:
    """The symmetric matrix that flattens the second moment of `rows` by `power`."""
    values, directions = np.linalg.eigh(rows.T @ rows / len(rows))
    values = np.maximum(values, values.max() * 1e-6) ** (-power / 2)
    return ((directions * values) @ directions.T).astype(np.float32)
