"""The table of sources: what each is, its licence, and how much of it training sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One kind of training text.

    sampling: chance of a text to be drawn, relative to the others' texts;
    counting: weight of its words when the vocabulary is chosen;
    limit: most texts taken from it.
    """

    what: str
    licence: str
    sampling: float
    counting: float
    limit: int = 1_000_000


SOURCES: dict[str, Source] = {
    "stsb": Source(
        "sentences of the STS benchmark's training set in English and Japanese, as parallel text; no scores",
        "CC-BY-SA-4.0", 8.0, 4.0,
    ),
    "jsts": Source("Japanese sentences of JGLUE JSTS train, as text; no labels", "CC-BY-SA-4.0", 8.0, 3.0),
    "documentation": Source("sentences of software documentation in both languages (--parallel)", "per source", 1.0, 1.0),
    "jmdict": Source("JMdict headwords and glosses (EDRDG), out of jamdict-data", "CC-BY-SA-4.0", 0.5, 0.3),
    "wordnet": Source("example sentences of Princeton WordNet 3.0", "WordNet 3.0 licence", 0.7, 2.0),
    "catalogues": Source("messages of free software, gettext and MediaWiki catalogues in Debian 12 packages",
                         "the packages' own free licences (GPL, LGPL, MIT, BSD, MPL and others)", 0.3, 0.3, 30_000),
    "descriptions": Source("Debian package descriptions and their Japanese translation (DDTP)",
                           "the packages' own free licences", 0.3, 1.0),
    "help": Source("help pages of LibreOffice and GNOME", "MPL-2.0, CC-BY-SA-3.0", 0.3, 0.5),
    "articles-ja": Source("sentences of Japanese articles (--articles); no tags", "per article", 0.3, 1.0, 40_000),
    "articles-en": Source("sentences of English articles (--articles); no tags", "per article", 0.3, 1.0, 20_000),
}

FREQUENCIES = {
    "name": "wordfreq",
    "what": "word frequencies, for the choice of the vocabulary",
    "licence": "Apache-2.0 (code), CC-BY-SA-4.0 (data)",
}

# Licences of the sources that a --parallel file may name in its third column.
DOCUMENTATION_LICENCES = {
    "angular/angular-ja": "MIT",
    "fastapi/fastapi": "MIT",
    "open-telemetry/opentelemetry.io": "CC-BY-4.0",
    "rust-lang-ja/book-ja": "MIT OR Apache-2.0",
    "withastro/docs": "MIT",
    "yasslab/railsguides.jp": "CC-BY-SA-4.0",
}

TEACHERS = {
    "base": {"name": "sentence-transformers/all-MiniLM-L6-v2", "licence": "Apache-2.0"},
    "use": {"name": "universal-sentence-encoder-multilingual v3", "licence": "Apache-2.0"},
    "e5": {"name": "intfloat/multilingual-e5-small, 4 bits", "licence": "MIT"},
}

# CC-BY-SA material shaped the weights, so they are shared alike.
MODEL_LICENCE = "CC-BY-SA-4.0"
