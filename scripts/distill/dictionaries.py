"""Terms and example sentences out of packages: JMdict, WordNet, word frequencies."""

from __future__ import annotations

import importlib.util
import re
import sqlite3
from collections import defaultdict
from pathlib import Path

from .corpora import Text
from .errors import InputError

_PARENTHESES = re.compile(r"\s*\([^)]*\)")
_EXAMPLE = re.compile(r'"([^"]{15,200})"')


def jmdict_entries(zipf: dict[str, float], limit: int) -> list[Text]:
    """The `limit` most frequent entries of JMdict as headword-gloss pairs.

    An entry gives one text for each of its first two senses. Its headword is the
    first spelling in kanji, or in kana where it has none or is usually so written.
    """
    spec = importlib.util.find_spec("jamdict_data")
    if spec is None:
        raise InputError("the dictionary is missing: pip install jamdict-data")
    database = sqlite3.connect(f"file:{Path(spec.submodule_search_locations[0]) / 'jamdict.db'}?mode=ro", uri=True)

    def grouped(query: str) -> dict[int, list[str]]:
        rows = defaultdict(list)
        for key, text in database.execute(query):
            rows[key].append(text)
        return rows

    kanji = grouped("SELECT idseq, text FROM Kanji ORDER BY ID")
    kana = grouped("SELECT idseq, text FROM Kana ORDER BY ID")
    senses = grouped("SELECT idseq, ID FROM Sense ORDER BY ID")
    glosses = grouped("SELECT sid, text FROM SenseGloss WHERE lang IN ('eng', '') OR lang IS NULL ORDER BY rowid")
    usually_kana = {sid for (sid,) in database.execute("SELECT sid FROM misc WHERE text LIKE '%usually written using kana%'")}

    entries = []
    for idseq, ids in senses.items():
        written = kana[idseq] if ids[0] in usually_kana or idseq not in kanji else kanji[idseq]
        headword = written[0]
        for rank, sid in enumerate(ids[:2]):
            gloss = ", ".join(_PARENTHESES.sub("", g).strip() for g in glosses[sid][:3])
            if gloss and len(gloss) <= 80:
                entries.append((-zipf.get(headword, 0.0) + rank, idseq, Text("jmdict", headword, gloss)))
    entries.sort(key=lambda entry: entry[:2])
    return [text for _, _, text in entries[:limit]]


def wordnet_examples(root: Path) -> list[Text]:
    """Example sentences of WordNet's glosses, English only."""
    texts = []
    for path in sorted(root.glob("**/wordnet/data.*")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            _, _, gloss = line.partition(" | ")
            texts += [Text("wordnet", english=example) for example in _EXAMPLE.findall(gloss) if " " in example]
    return texts


def english_frequencies(limit: int) -> dict[str, float]:
    """Word -> Zipf frequency (log10 per billion words) of the commonest English words."""
    return _frequencies("en", limit)


def japanese_frequencies(limit: int) -> dict[str, float]:
    """As english_frequencies, for Japanese."""
    return _frequencies("ja", limit)


def _frequencies(language: str, limit: int) -> dict[str, float]:
    # The bins are read directly: wordfreq.top_n_list alone needs no tokenizer,
    # wordfreq.zipf_frequency would ask for MeCab.
    from wordfreq import get_frequency_list

    words: dict[str, float] = {}
    for centibels, group in enumerate(get_frequency_list(language, wordlist="best")):
        for word in group:
            if len(words) >= limit:
                return words
            words[word] = 9 - centibels / 100
    return words
