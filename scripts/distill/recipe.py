"""The recipe: sizes and schedule, at full length and small enough for a test."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .targets import TeacherWeights
from .training import Stage


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result beside the texts and the seed."""

    vocabulary_size: int = 39_300
    dictionary_entries: int = 45_000
    teacher_weights: TeacherWeights = TeacherWeights()
    e5_characters: int = 22  # longest JSTS sentence that e5 reads
    stages: tuple[Stage, ...] = (
        Stage("cosine", steps=1_000, rate=0.03),
        Stage("contrast", steps=600, rate=0.01, similarity=0.5, contrast=0.8, whitening=0.1),
    )
    whitening: float = 0.1
    norm_power: float = 0.9
    texts_per_source: int = 1_000_000


FULL = Recipe()


def quick(recipe: Recipe) -> Recipe:
    """The same steps over a few hundred texts of each source; finds broken code, makes no good model."""
    return replace(
        recipe,
        vocabulary_size=min(recipe.vocabulary_size, 4_000),
        dictionary_entries=2_000,
        stages=tuple(replace(stage, steps=30, records=128) for stage in recipe.stages),
        e5_characters=0,
        texts_per_source=600,
    )
