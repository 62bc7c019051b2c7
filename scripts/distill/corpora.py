"""Where the training text comes from: each reader returns plain `Text` records.

A reader knows one source and its layout, nothing of training. Every text gets a
`source`, on which the sampling weights and the licence table hang.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError


@dataclass(frozen=True)
class Text:
    """A sentence or term in Japanese, English, or both as translations."""

    source: str
    japanese: str | None = None
    english: str | None = None


JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]+>|https?://\S+|`([^`]*)`|^[#>*\-\s\d.|]+|[*_]{2,}")
_SENTENCE = re.compile(r"[^。！？!?\n]+(?:[。！？]|[!?](?=\s)|\n|$)|[^\n]+")
_ENGLISH_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def open_text(path: Path) -> Iterator[str]:
    """Lines of a UTF-8 file, gzipped or plain; InputError when unreadable."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8") as file:
            yield from (line.rstrip("\r\n") for line in file)
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise InputError(f"cannot read {path}: {error}") from error


def read_parallel(path: Path) -> list[Text]:
    """Tab-separated Japanese, English and, if given, a name of the source."""
    texts = []
    for number, line in enumerate(open_text(path), 1):
        columns = line.split("\t")
        if len(columns) < 2 or not columns[0].strip() or not columns[1].strip():
            raise InputError(f"{path}, line {number}: expected Japanese TAB English, got '{line[:60]}'")
        texts.append(Text("documentation", columns[0].strip(), columns[1].strip()))
    return texts


def parallel_names(path: Path) -> set[str]:
    """The sources that the third column of a parallel file names."""
    return {columns[2] for line in open_text(path) if len(columns := line.split("\t")) > 2}


@dataclass(frozen=True)
class Article:
    """A Markdown article; its tags are never read."""

    language: str
    title: str
    body: str


def read_articles(path: Path) -> list[Article]:
    """JSON Lines with `title` and `body`, and `lang` ('ja' or 'en') if known."""
    articles = []
    for number, line in enumerate(open_text(path), 1):
        try:
            row = json.loads(line)
            title, body = str(row["title"]), str(row["body"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}, line {number}: expected a JSON object with title and body ({error})") from error
        articles.append(Article(row.get("lang") or ("ja" if JAPANESE.search(title + body) else "en"), title, body))
    return articles


def plain_text(markdown: str) -> str:
    """Markdown without code blocks, link targets, tags and emphasis."""
    lines = _FENCE.sub("", markdown).splitlines()
    return "\n".join(_MARKUP.sub(lambda m: m.group(1) or m.group(2) or " ", line).strip() for line in lines)


def article_sentences(article: Article) -> Iterator[Text]:
    """Title and sentences of an article, 8 to 200 characters each."""
    body = plain_text(article.body)
    sentences = _SENTENCE.findall(body) if article.language == "ja" else _ENGLISH_SENTENCE.split(body.replace("\n", " "))
    for sentence in [article.title, *sentences]:
        sentence = " ".join(sentence.split())
        if not 8 <= len(sentence) <= 200:
            continue
        if article.language == "ja" and JAPANESE.search(sentence):
            yield Text("articles-ja", japanese=sentence)
        elif article.language == "en" and sentence.isascii() and sentence.count(" ") >= 3:
            yield Text("articles-en", english=sentence)


def read_sts_csv(path: Path) -> tuple[list[str], list[str], list[float]]:
    """sentence1, sentence2 and score of an STS benchmark file."""
    rows = [row for row in csv.reader(open_text(path)) if row]
    try:
        return [r[0] for r in rows], [r[1] for r in rows], [float(r[2]) for r in rows]
    except (IndexError, ValueError) as error:
        raise InputError(f"{path}: expected sentence1, sentence2, score ({error})") from error


def stsb_sentences(folder: Path) -> list[Text]:
    """The sentences of STS-b train in both languages; the scores stay unread."""
    japanese, english = (read_sts_csv(folder / f"stsb-{language}-train.csv") for language in ("ja", "en"))
    return [Text("stsb", ja, en) for side in (0, 1) for ja, en in zip(japanese[side], english[side], strict=True)]


def read_jsts(path: Path) -> tuple[list[str], list[str], list[float]]:
    """sentence1, sentence2 and label of a JSTS file (JSON Lines)."""
    rows = [json.loads(line) for line in open_text(path) if line]
    return [r["sentence1"] for r in rows], [r["sentence2"] for r in rows], [float(r["label"]) for r in rows]


def deduplicate(texts: Iterable[Text], forbidden: set[str]) -> list[Text]:
    """Drop repeated texts and those with a sentence that is kept for measuring."""
    seen: set[tuple[str | None, str | None]] = set()
    kept = []
    for text in texts:
        key = (text.japanese and text.japanese.lower(), text.english and text.english.lower())
        if key in seen or normalise(text.japanese) in forbidden or normalise(text.english) in forbidden:
            continue
        seen.add(key)
        kept.append(text)
    return kept


def normalise(sentence: str | None) -> str | None:
    """The form in which sentences are compared with those kept for measuring."""
    return sentence and re.sub(r"[\s。．.!！?？、,，]+", "", sentence).lower()
