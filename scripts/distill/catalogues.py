"""Bilingual text from unpacked packages: messages, descriptions, help pages.

`scripts/fetch_corpora.sh DIR` lays the packages out; every reader takes that DIR
and returns pairs of texts without mark-up, mnemonics and placeholders.
"""

from __future__ import annotations

import gettext
import html
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from .corpora import JAPANESE, Text

_TAG = re.compile(r"<[^<>]{1,200}>")
_PLACEHOLDER = re.compile(
    r"%(?:\d+\$)?[-+#0]*\d*(?:\.\d+)?(?:ll|[lhzj])?[diouxXeEfgGcspn](?![a-z])|%\d+|%%|\$\{?\w+\}?|\{\{?[^{}]*\}?\}|\$\[[^\]]*\]"
)
_MNEMONIC = re.compile(r"\s*[(（][_&~]?[A-Za-z0-9][)）]|(?<![&\w])[&_~](?=\w)|(?<=\w)_(?=\w{3,})(?=[a-z]*\b)")
_SPACE = re.compile(r"\s+")
# Lines of Japanese are broken anywhere, also inside words.
_JAPANESE_GAP = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff]) (?=[\u3040-\u30ff\u3400-\u9fff])")
_LETTERS = re.compile(r"[A-Za-z]{2,}")


def clean(message: str) -> str:
    """A message without tags, placeholders, mnemonics and runs of white space."""
    message = html.unescape(_TAG.sub(" ", message))
    message = _MNEMONIC.sub("", _PLACEHOLDER.sub(" ", message))
    message = _SPACE.sub(" ", message.replace("\\n", " ")).strip(" :…\"'")
    return _JAPANESE_GAP.sub("", message)


def pair(source: str, japanese: str, english: str) -> Text | None:
    """A cleaned pair, or None when a side is empty, untranslated or out of proportion."""
    japanese, english = clean(japanese), clean(english)
    if not JAPANESE.search(japanese) or JAPANESE.search(english) or not _LETTERS.search(english):
        return None
    if len(english) < 4 or max(len(japanese), len(english)) > 600 or not 0.15 <= len(japanese) / len(english) <= 2.5:
        return None
    return Text(source, japanese, english)


def _pairs(source: str, candidates: Iterator[tuple[str, str]]) -> list[Text]:
    return [text for japanese, english in candidates if (text := pair(source, japanese, english))]


def gettext_messages(root: Path) -> list[Text]:
    """Messages of all Japanese gettext catalogues under `root`."""

    def read() -> Iterator[tuple[str, str]]:
        paths = {*root.glob("**/ja/LC_MESSAGES/*.mo"), *root.glob("**/*-ja.mo"), *root.glob("**/ja.mo")}
        for path in sorted(paths):
            try:
                with open(path, "rb") as file:
                    catalogue = gettext.GNUTranslations(file)._catalog  # the only way to list messages
            except (OSError, ValueError, UnicodeDecodeError):
                continue  # a broken catalogue costs its messages only
            for message, translation in catalogue.items():
                english = message[0] if isinstance(message, tuple) else message
                if english:
                    yield translation, english.split("\x04")[-1]

    return _pairs("catalogues", read())


def typescript_messages(root: Path) -> list[Text]:
    """Diagnostics of the TypeScript compiler; their keys spell the English message."""

    def read() -> Iterator[tuple[str, str]]:
        for path in sorted(root.glob("**/lib/ja/diagnosticMessages.generated.json")):
            for key, message in json.loads(path.read_text(encoding="utf-8")).items():
                yield message, re.sub(r"_\d+$", "", key).replace("_", " ")

    return _pairs("catalogues", read())


def mediawiki_messages(root: Path) -> list[Text]:
    """Interface messages kept as en.json beside ja.json."""

    def read() -> Iterator[tuple[str, str]]:
        for path in sorted(root.glob("**/i18n/**/ja.json")):
            if (path.parent / "en.json").is_file():
                japanese, english = (json.loads((path.parent / f"{l}.json").read_text("utf-8")) for l in ("ja", "en"))
                for key, message in japanese.items():
                    if isinstance(message, str) and isinstance(english.get(key), str):
                        yield message, english[key]

    return _pairs("catalogues", read())


def package_descriptions(root: Path) -> list[Text]:
    """Summaries and paragraphs of Debian's package descriptions."""

    def read(language: str) -> dict[str, list[str]]:
        descriptions = {}
        for path in sorted(root.glob(f"lists/*_i18n_Translation-{language}*")):
            command = ["lz4", "-dc"] if path.suffix == ".lz4" else ["cat"]
            text = subprocess.run([*command, str(path)], capture_output=True, check=True).stdout.decode()
            for record in text.split("\n\n"):
                digest, _, body = record.partition(f"\nDescription-{language}: ")
                if body:
                    summary, _, rest = body.partition("\n")
                    paragraphs = re.split(r"\n \.\n", rest)
                    descriptions[digest.split("Description-md5: ")[-1]] = [summary, *paragraphs]
        return descriptions

    def both() -> Iterator[tuple[str, str]]:
        english = read("en")
        for digest, japanese in sorted(read("ja").items()):
            if len(japanese) == len(english.get(digest, [])):
                yield from zip(japanese, english[digest])

    return _pairs("descriptions", both())


def help_pages(root: Path) -> list[Text]:
    """Paragraphs of the LibreOffice and GNOME help, page by page."""

    def read() -> Iterator[tuple[str, str]]:
        for path in sorted(root.glob("**/libreoffice/help/ja/text/**/*.html")):
            english = Path(str(path).replace("libreoffice-help-ja", "libreoffice-help-en-us").replace("/help/ja/", "/help/en-US/"))
            if english.is_file():
                japanese, other = (_html_paragraphs(p.read_text("utf-8")) for p in (path, english))
                yield from ((japanese[key], other[key]) for key in japanese.keys() & other.keys())
        for path in sorted(root.glob("**/help/ja/**/*.page")):
            english = Path(str(path).replace("/help/ja/", "/help/C/"))
            if english.is_file():
                japanese, other = (_mallard_paragraphs(p) for p in (path, english))
                if len(japanese) == len(other):
                    yield from zip(japanese, other)

    return sorted(_pairs("help", read()), key=lambda text: (text.english, text.japanese))


def _html_paragraphs(page: str) -> dict[str, str]:
    """Identifier -> text of the paragraphs of a LibreOffice help page."""
    return {key: body for key, body in re.findall(r'<p id="([^"]+)"[^>]*>(.*?)</p>', page, re.DOTALL)}


def _mallard_paragraphs(path: Path) -> list[str]:
    """Titles and paragraphs of a Mallard page, in order."""
    try:
        tree = ElementTree.parse(path)
    except ElementTree.ParseError:
        return []
    return ["".join(e.itertext()) for e in tree.iter() if e.tag.endswith(("}p", "}title", "}desc"))]
