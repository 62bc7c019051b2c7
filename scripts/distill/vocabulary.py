"""The vocabulary: whole words first, then fragments for everything else.

A Unigram model trained on running text cuts words where it saves bits
(`d|ancing`, `サーフボー|ド`). Half a word has no meaning to give to a static
vector, so each script gets its own share of whole words by frequency, a share
of fragments for the rest, and scores that never cut a whole word.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Lowercase, Sequence
from tokenizers.pre_tokenizers import Split

UNKNOWN = "[UNK]"


@dataclass(frozen=True)
class Script:
    """One kind of run: its characters and its share of a vocabulary of `SHARES_OF`."""

    name: str
    pattern: str
    words: int
    fragments: int
    longest_fragment: int


# Literal ranges rather than \p{...}: one spelling that means the same to Oniguruma
# and JavaScript, whatever Unicode version either was built with.
SCRIPTS = (
    Script("latin", "[a-zß-öø-ɏḀ-ỿ]+(?:\\+\\+|#)?", 15_300, 2_200, 7),
    Script("digits", "[0-9]+", 500, 340, 3),
    Script("katakana", "[ァ-ヺー-ヿ]+", 4_000, 1_200, 6),
    Script("han", "[々-〇㐀-䶿一-鿿豈-\ufaff𠀀-𳎯]+", 6_700, 3_800, 3),
    Script("hiragana", "[ぁ-ゖゝ-ゟ][ぁ-ゖゝ-ゟー]*", 2_700, 2_500, 5),
)
PATTERN = "|".join(script.pattern for script in SCRIPTS)
SHARES_OF = sum(script.words + script.fragments for script in SCRIPTS)

# A particle glued to its neighbours (`を使`) would hide the words on both sides.
_NEVER_INSIDE = "を"
_EM_ROUNDS = 3
_SEEDS_PER_FRAGMENT = 8
_WORD_MARGIN = 0.05


def normalise(text: str) -> str:
    """The normalisation of the tokenizer."""
    return unicodedata.normalize("NFKC", text).lower()


def build_vocabulary(
    texts: Iterable[tuple[str, float]], frequencies: dict[str, float], size: int
) -> list[tuple[str, float]]:
    """Choose `size` tokens and their log-probabilities, [UNK] first.

    texts: (text, weight); frequencies: word -> expected count, for words that the
    texts may lack.
    """
    counts = _count_runs(texts, frequencies)
    scale = (size - 1) / SHARES_OF
    vocabulary = {UNKNOWN: 0.0}
    for script in SCRIPTS:
        words, fragments = round(script.words * scale), round(script.fragments * scale)
        for token, score in _script_vocabulary(counts[script.name], words, fragments, script.longest_fragment):
            # `ー` belongs to two scripts. Six decimals survive every reader of JSON: ties are broken by the last bit.
            vocabulary.setdefault(token, round(score, 6))
    return list(vocabulary.items())


def build_tokenizer(vocabulary: list[tuple[str, float]]) -> Tokenizer:
    """The tokenizer of the model: NFKC, lower case, runs of one script, Unigram."""
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = Sequence([NFKC(), Lowercase()])
    tokenizer.pre_tokenizer = Split(Regex(PATTERN), behavior="removed", invert=True)
    return tokenizer


def _count_runs(texts: Iterable[tuple[str, float]], frequencies: dict[str, float]) -> dict[str, Counter[str]]:
    """Script name -> weighted counts of its runs."""
    matchers = re.compile("|".join(f"(?P<{script.name}>{script.pattern})" for script in SCRIPTS))
    counts: dict[str, Counter[str]] = {script.name: Counter() for script in SCRIPTS}
    for text, weight in texts:
        for match in matchers.finditer(normalise(text)):
            counts[match.lastgroup][match.group()] += weight
    for word, count in frequencies.items():
        match = matchers.fullmatch(normalise(word))
        if match:
            counts[match.lastgroup][match.group()] += count
    return counts


def _script_vocabulary(counts: Counter[str], words: int, fragments: int, longest: int) -> list[tuple[str, float]]:
    """The `words` most frequent runs, single characters and the most useful fragments, with scores."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    characters = Counter()
    for run, count in ranked:
        for character in run:
            characters[character] += count
    kept_characters = [c for c, _ in sorted(characters.items(), key=lambda i: (-i[1], i[0]))[: max(1, fragments)]]
    whole = [run for run, _ in ranked if len(run) > 1 and _NEVER_INSIDE not in run][:words]
    room = max(0, words + fragments - len(kept_characters) - len(whole))
    # Fragments serve the runs that are no token themselves.
    rest = Counter({run: count for run, count in ranked if count >= 1 and len(run) > 1})
    for run in whole:
        del rest[run]
    fixed = {**{c: characters[c] for c in kept_characters}, **{run: counts[run] for run in whole}}
    seeds = _substrings(rest, longest, fixed, room * _SEEDS_PER_FRAGMENT)
    tokens = {**fixed, **seeds}
    for round_ in range(_EM_ROUNDS):
        used = _usage(rest, _log_probabilities(tokens), longest=max(map(len, tokens)))
        keep = max(room, round(len(seeds) * (room / max(1, len(seeds))) ** ((round_ + 1) / _EM_ROUNDS)))
        seeds = dict(sorted(((s, used[s]) for s in seeds), key=lambda i: (-i[1], i[0]))[:keep])
        tokens = {t: used[t] + 0.5 for t in [*fixed, *seeds]}
        for run in whole:
            tokens[run] += counts[run]
    return _protect_words(_log_probabilities(tokens), set(whole))


def _substrings(runs: Counter[str], longest: int, known: dict[str, float], limit: int) -> dict[str, float]:
    """The `limit` commonest substrings of two to `longest` characters."""
    found: Counter[str] = Counter()
    for run, count in runs.items():
        for start in range(len(run) - 1):
            for end in range(start + 2, min(len(run), start + longest) + 1):
                found[run[start:end]] += count
    ranked = sorted(
        ((s, n) for s, n in found.items() if s not in known and _NEVER_INSIDE not in s),
        key=lambda item: (-item[1] * (len(item[0]) - 1), item[0]),
    )
    return dict(ranked[:limit])


def _log_probabilities(counts: dict[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {token: math.log(count / total) for token, count in counts.items()}


def _usage(runs: Counter[str], scores: dict[str, float], longest: int) -> Counter[str]:
    """How often each token is used in the best segmentation of the runs."""
    used: Counter[str] = Counter()
    for run, count in runs.items():
        for token in best_segmentation(run, scores, longest)[1]:
            used[token] += count
    return used


def best_segmentation(
    run: str, scores: dict[str, float], longest: int, without: str | None = None
) -> tuple[float, list[str]]:
    """Viterbi: score and tokens of the best segmentation, `without` one token.

    Characters outside the vocabulary cost as much as the reference charges for
    unknown ones, ten below the lowest score.
    """
    unknown = -30.0
    best = [0.0] + [-math.inf] * len(run)
    back = [0] * (len(run) + 1)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - longest), end):
            token = run[start:end]
            score = scores.get(token) if token != without else None
            if score is None:
                if end - start > 1:
                    continue
                score = unknown
            if best[start] + score > best[end]:
                best[end], back[end] = best[start] + score, start
    tokens: list[str] = []
    end = len(run)
    while end:
        tokens.append(run[back[end] : end])
        end = back[end]
    return best[-1], tokens[::-1]


def _protect_words(scores: dict[str, float], words: set[str]) -> list[tuple[str, float]]:
    """Raise the score of each word above that of its pieces; commonest tokens first."""
    longest = max(map(len, scores))
    for word in sorted(words, key=lambda w: (len(w), w)):
        pieces, _ = best_segmentation(word, scores, longest, without=word)
        scores[word] = max(scores[word], pieces + _WORD_MARGIN)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
