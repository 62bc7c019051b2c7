"""The quality table: Spearman's correlation of cosines with human scores, times 100."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from .corpora import normalise, open_text, read_jsts, read_sts_csv

Encoder = Callable[[list[str]], np.ndarray]


DESCRIPTIONS = {
    "jsts": "JGLUE JSTS, pairs of the training set whose sentences were kept out of training",
    "jsick": "JSICK train and trial, Japanese; never used in training",
    "stsb-en": "STS benchmark dev, English",
    "stsb-ja": "STS benchmark dev, Japanese",
    "stsb-en-ja": "STS benchmark dev, English against Japanese and Japanese against English",
}


@dataclass(frozen=True)
class Pairs:
    """Sentence pairs with human scores."""

    name: str
    first: list[str]
    second: list[str]
    scores: list[float]

    def correlation(self, encode: Encoder) -> float:
        """Spearman x 100 between the cosines of `encode`'s unit vectors and the scores."""
        cosines = (encode(self.first) * encode(self.second)).sum(axis=1)
        return 100 * float(spearmanr(cosines, self.scores).statistic)


def read_benchmarks(folder: Path, jsts_held_out: int) -> list[Pairs]:
    """The development sets in `folder`, as far as they are there.

    Of JSTS the last `jsts_held_out` pairs: their sentences are kept out of training.
    """
    found = []
    if (folder / "jsts-train.json").is_file():
        first, second, scores = read_jsts(folder / "jsts-train.json")
        part = slice(-jsts_held_out, None) if jsts_held_out else slice(None)
        found.append(Pairs("jsts", first[part], second[part], scores[part]))
    if (folder / "jsick-train.tsv").is_file():
        rows = [line.split("\t") for line in open_text(folder / "jsick-train.tsv")][1:]
        found.append(Pairs("jsick", *([r[i] for r in rows] for i in (3, 4)), [float(r[5]) for r in rows]))
    files = [folder / f"stsb-{language}-dev.csv" for language in ("en", "ja")]
    if all(file.is_file() for file in files):
        (en1, en2, scores), (ja1, ja2, _) = map(read_sts_csv, files)
        found += [Pairs("stsb-en", en1, en2, scores), Pairs("stsb-ja", ja1, ja2, scores)]
        found.append(Pairs("stsb-en-ja", en1 + ja1, ja2 + en2, scores * 2))
    return found


def measured_sentences(benchmarks: list[Pairs]) -> set[str]:
    """Sentences that training must not see, normalised."""
    return {normalise(s) for pairs in benchmarks for s in [*pairs.first, *pairs.second]}


def quality(benchmarks: list[Pairs], encode: Encoder) -> dict[str, float]:
    """Benchmark name -> Spearman x 100, two decimals."""
    return {pairs.name: round(pairs.correlation(encode), 2) for pairs in benchmarks}
