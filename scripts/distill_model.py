#!/usr/bin/env python3
"""Distil a sentence transformer into a static model of 15 MB that reads Japanese and English.

    python scripts/distill_model.py --base-model sentence-transformers/all-MiniLM-L6-v2 \\
        --output ./model --languages ja en --dimension 384

Writes model2vec.bin, vocab.txt and metadata.json. The steps are in scripts/distill/,
a module each; what they are worth is in model/README.md.
"""

from __future__ import annotations

import os

# Before numpy is imported: one thread gives the same sums on every machine.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import hashlib
import shlex
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from distill import artifact, catalogues, corpora, dictionaries, evaluate
from distill.corpora import Text
from distill.embeddings import embed, frequency_weights, normalised, token_matrix
from distill.errors import InputError
from distill.initial import fit_globally, token_targets
from distill.recipe import FULL, Recipe, quick
from distill.sources import DOCUMENTATION_LICENCES, FREQUENCIES, MODEL_LICENCE, SOURCES, TEACHERS
from distill.targets import TargetSpace, read_views
from distill.teachers import Teacher, base_teacher, e5_teacher, use_teacher
from distill.training import Sides, random_batches, train, whitened, whitening
from distill.vocabulary import build_tokenizer, build_vocabulary

LANGUAGES = {"ja", "en"}
MAX_DIMENSION = 384
JSTS_HELD_OUT = 2_500
FREQUENT_WORDS = 300_000
PSEUDO_CORPUS_WORDS = 2e6
FIT_SAMPLE = 60_000


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-model", required=True, metavar="NAME", help="name in an installed package or the hub cache, or a folder")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="where the model is written")
    parser.add_argument("--languages", nargs="+", default=["ja", "en"], metavar="LANG", help="ja and en")
    parser.add_argument("--dimension", type=int, default=384, metavar="D", help=f"of the vectors, 8 to {MAX_DIMENSION}")
    parser.add_argument("--vocabulary-size", type=int, default=FULL.vocabulary_size, metavar="V", help="tokens")
    parser.add_argument("--articles", nargs="+", type=Path, default=[], metavar="FILE", help="your articles: JSON Lines with title and body, .gz or plain")
    parser.add_argument("--parallel", nargs="+", type=Path, default=[], metavar="FILE", help="Japanese TAB English, .gz or plain")
    parser.add_argument("--sts", type=Path, metavar="DIR", help="STS files: parallel sentences and measuring")
    parser.add_argument("--catalogues", type=Path, metavar="DIR", help="what scripts/fetch_corpora.sh has unpacked")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "distill-model", metavar="DIR", help="teacher vectors; a stopped run goes on from there")
    parser.add_argument("--reference", type=Path, metavar="DIR", help="also write the Model2Vec reference format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the whole recipe in miniature, for tests")
    arguments = parser.parse_args(argv)
    if set(arguments.languages) != LANGUAGES:
        raise InputError(f"--languages {' '.join(arguments.languages)}: this recipe aligns two languages, ja en")
    if not 8 <= arguments.dimension <= MAX_DIMENSION:
        raise InputError(f"--dimension {arguments.dimension}: from 8 to {MAX_DIMENSION}")
    if not 1_000 <= arguments.vocabulary_size <= 75_000:
        raise InputError(f"--vocabulary-size {arguments.vocabulary_size}: from 1000 to 75000")
    for folder in (arguments.sts, arguments.catalogues):
        if folder and not folder.is_dir():
            raise InputError(f"no such folder: {folder}")
    return arguments


@dataclass
class Corpus:
    """The training texts, and what they are for the record."""

    texts: list[Text]
    frequencies: dict[str, float]
    origins: list[dict]


def read_corpus(arguments: argparse.Namespace, recipe: Recipe, measured: set[str]) -> Corpus:
    """All sources that are at hand, without repeats and measured sentences."""
    japanese = dictionaries.japanese_frequencies(FREQUENT_WORDS)
    english = dictionaries.english_frequencies(FREQUENT_WORDS)
    texts = dictionaries.jmdict_entries(japanese, recipe.dictionary_entries)
    for path in arguments.parallel:
        texts += corpora.read_parallel(path)
    for path in arguments.articles:
        texts += [text for article in corpora.read_articles(path) for text in corpora.article_sentences(article)]
    if arguments.sts:
        texts += corpora.stsb_sentences(arguments.sts)
        first, second, _ = corpora.read_jsts(arguments.sts / "jsts-train.json")
        texts += [Text("jsts", sentence) for sentence in first + second]
    if root := arguments.catalogues:
        texts += dictionaries.wordnet_examples(root)
        for reader in (
            catalogues.package_descriptions, catalogues.help_pages, catalogues.gettext_messages, catalogues.mediawiki_messages,
        ):
            texts += reader(root)
    texts = limit_sources(corpora.deduplicate(texts, measured), recipe)
    pseudo_counts = {
        word: 10 ** (zipf - 9) * PSEUDO_CORPUS_WORDS for words in (japanese, english) for word, zipf in words.items()
    }
    return Corpus(texts, pseudo_counts, origins(texts, arguments))


def limit_sources(texts: list[Text], recipe: Recipe) -> list[Text]:
    """At most the limit of each source, chosen by hash so that other sources don't matter."""

    def digest(text: Text) -> bytes:
        return hashlib.md5((text.english or text.japanese).encode(), usedforsecurity=False).digest()

    kept = []
    for name, source in SOURCES.items():
        own = [text for text in texts if text.source == name]
        kept += sorted(own, key=digest)[: min(source.limit, recipe.texts_per_source)]
    return kept


def origins(texts: list[Text], arguments: argparse.Namespace) -> list[dict]:
    """The `trainingData` of metadata.json."""
    counts = Counter(text.source for text in texts)
    rows = [
        {"name": name, "what": SOURCES[name].what, "licence": SOURCES[name].licence, "texts": counts[name]}
        for name in SOURCES if counts[name]
    ]
    for row in rows:
        if row["name"] == "documentation":
            names = sorted({n for path in arguments.parallel for n in corpora.parallel_names(path)})
            row["licence"] = ", ".join(f"{n}: {DOCUMENTATION_LICENCES.get(n, 'unknown')}" for n in names) or "unknown"
    return [*rows, FREQUENCIES]


def measure(benchmarks: list[evaluate.Pairs], tokenizer: Tokenizer, vectors: np.ndarray) -> dict[str, float]:
    """Quality of weighted token vectors (vocabulary, dimension)."""
    return evaluate.quality(benchmarks, lambda texts: embed(token_matrix(tokenizer, texts), vectors))


def distil(
    corpus: Corpus, vocabulary: list[tuple[str, float]], tokenizer: Tokenizer, recipe: Recipe, dimension: int,
    teachers: tuple[Teacher, Teacher, Teacher | None], seed: int, report: Callable[[str, np.ndarray], None],
) -> np.ndarray:
    """The recipe from targets to finished token vectors, weighted: (vocabulary, dimension)."""
    base, use, e5 = teachers
    texts, generator = corpus.texts, np.random.default_rng(seed)
    views = read_views(texts, base, use, e5, recipe.e5_characters)
    space = TargetSpace(views, dimension, recipe.teacher_weights)
    targets = space.transform(views)

    sentences, record = zip(*((s, row) for row, t in enumerate(texts) for s in (t.japanese, t.english) if s))
    record = np.array(record)
    counts = token_matrix(tokenizer, sentences)
    weights = frequency_weights(counts)
    matrix = counts.multiply(weights).tocsr().astype(np.float32)
    known = np.diff(matrix.indptr) > 0
    sides = Sides(matrix, record)

    dictionary = [text for text in texts if text.source == "jmdict"]
    vectors = token_targets([token for token, _ in vocabulary], dictionary, space, base, use)
    report("initial", vectors * weights[:, None])
    sample = generator.permutation(np.flatnonzero(known))[:FIT_SAMPLE]
    vectors = fit_globally(vectors, matrix[sample], targets[record[sample]])
    vectors = (vectors / np.linalg.norm(vectors, axis=1).mean()).astype(np.float32)
    report("fitted", vectors * weights[:, None])

    probability = np.array([SOURCES[text.source].sampling for text in texts])
    for stage in recipe.stages:
        wanted = whitened(targets, stage.whitening) if stage.whitening else targets
        train(vectors, sides, wanted, stage, random_batches(probability, stage.records, generator))
        report(stage.name, vectors * weights[:, None])

    vectors[0] = 0  # the unknown token
    vectors = finish(vectors, matrix, recipe)
    report("finished", vectors * weights[:, None])
    english = [row for row in sample if texts[record[row]].english == sentences[row]]
    rotation = align(embed(matrix[english], vectors), views.base[record[english]])
    return (vectors @ rotation) * weights[:, None]


def finish(vectors: np.ndarray, matrix, recipe: Recipe) -> np.ndarray:
    """Flatten the texts' covariance and draw the tokens' lengths together."""
    vectors = vectors @ whitening(embed(matrix, vectors), recipe.whitening)
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors * lengths ** (recipe.norm_power - 1)


def align(student: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Orthogonal map (d, d) of the student onto the base model's space (Procrustes).

    Cosines stay as they are; vectors become comparable with the base model's own.
    A student of fewer dimensions keeps its own axes.
    """
    if student.shape[1] != base.shape[1]:
        return np.eye(student.shape[1], dtype=np.float32)
    left, _, right = np.linalg.svd(student.T @ base)
    return (left @ right).astype(np.float32)


def main(argv: list[str]) -> None:
    arguments = parse_arguments(argv)
    recipe = replace(FULL, vocabulary_size=arguments.vocabulary_size)
    if arguments.quick:
        recipe = quick(recipe)
    base = base_teacher(arguments.base_model, arguments.cache)
    use = use_teacher(arguments.cache)
    e5 = e5_teacher(arguments.cache) if recipe.e5_characters and arguments.sts else None
    benchmarks = evaluate.read_benchmarks(arguments.sts, JSTS_HELD_OUT) if arguments.sts else []

    corpus = read_corpus(arguments, recipe, evaluate.measured_sentences(benchmarks))
    print(f"{len(corpus.texts):,} texts: {dict(Counter(text.source for text in corpus.texts))}")
    counted = [(s, SOURCES[t.source].counting) for t in corpus.texts for s in (t.japanese, t.english) if s]
    vocabulary = build_vocabulary(counted, corpus.frequencies, recipe.vocabulary_size)
    tokenizer = build_tokenizer(vocabulary)
    print(f"{len(vocabulary):,} tokens")

    def report(step: str, vectors: np.ndarray) -> None:
        if benchmarks:
            print(f"{step:12} {measure(benchmarks, tokenizer, vectors)}", flush=True)

    weighted = distil(corpus, vocabulary, tokenizer, recipe, arguments.dimension, (base, use, e5), arguments.seed, report)
    model = artifact.quantise(weighted)
    scores = measure(benchmarks, tokenizer, model.dense())
    baseline = {p.name: round(p.correlation(base.encode), 2) for p in benchmarks} if not arguments.quick else {}
    write(arguments, model, vocabulary, corpus, scores, baseline, used=[t for t in ("base", "use", "e5") if t != "e5" or e5])
    if arguments.reference:
        artifact.save_reference(arguments.reference, model, tokenizer)
    print_table(scores, baseline)


def write(
    arguments: argparse.Namespace, model: artifact.StaticModel, vocabulary: list[tuple[str, float]], corpus: Corpus,
    scores: dict[str, float], baseline: dict[str, float], used: list[str],
) -> None:
    """Put the three files of the model in place."""
    content = {"vocab.txt": artifact.vocabulary_bytes(vocabulary), "model2vec.bin": artifact.model_bytes(model)}
    metadata = {
        "name": "model2vec-ja-en",
        "version": "1.0.0",
        "baseModel": arguments.base_model,
        "teachers": [TEACHERS[name] for name in used],
        "languages": sorted(arguments.languages, reverse=True),
        "dimension": arguments.dimension,
        "vocabularySize": len(vocabulary),
        "tokenizer": artifact.tokenizer_settings(),
        "quantization": {"type": "int8", "scale": "row"},
        "files": {name: artifact.describe(data) for name, data in content.items()},
        "trainingData": corpus.origins,
        "licence": MODEL_LICENCE,
        "seed": arguments.seed,
        "quality": {
            "measure": "Spearman x 100 of cosine and human score, int8 vectors",
            "sets": evaluate.DESCRIPTIONS,
            "spearman": scores,
            "baseModel": baseline,
            "command": "npm run eval:model -- --data DIR",
            "trainedWith": shlex.join(["python", "scripts/distill_model.py", *public_arguments(arguments)]),
        },
    }
    artifact.write_files(arguments.output, {**content, "metadata.json": artifact.json_bytes(metadata)})


def public_arguments(arguments: argparse.Namespace) -> list[str]:
    """The command line with the names of files instead of this machine's paths."""
    words = ["--base-model", arguments.base_model, "--output", "./model", "--languages", *arguments.languages,
             "--dimension", str(arguments.dimension), "--vocabulary-size", str(arguments.vocabulary_size), "--seed", str(arguments.seed)]
    for option in ("articles", "parallel"):
        if paths := getattr(arguments, option):
            words += [f"--{option}", *(path.name for path in paths)]
    for option in ("sts", "catalogues"):
        if path := getattr(arguments, option):
            words += [f"--{option}", path.name]
    return words + (["--quick"] if arguments.quick else [])


def print_table(scores: dict[str, float], baseline: dict[str, float]) -> None:
    if not scores:
        print("no quality table: give --sts DIR to measure")
        return
    print(f"\n{'Spearman x 100':16}{'this model':>12}{'base model':>12}")
    for name, score in scores.items():
        print(f"{name:16}{score:12.2f}{baseline.get(name, float('nan')):12.2f}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(2)
