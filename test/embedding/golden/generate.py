"""Writes golden.json: what Hugging Face `tokenizers` makes of texts, for the tests of the TypeScript tokenizer.

Run by hand when texts are added, with the packages of scripts/requirements-reference.txt:
    python test/embedding/golden/generate.py
"""

import hashlib
import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, __version__
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Lowercase, Sequence
from tokenizers.pre_tokenizers import Split
from tokenizers.trainers import UnigramTrainer

TEXTS = [
    "",
    " \n\t",
    "タグ",
    "記事を公開すると、数秒後にタグの提案が届きます。",
    "AWS Lambda と Step Functions でワークフローを組む",
    "Next.jsとTypeScriptで構築するブログ",
    "ＡＷＳ　ｌａｍｂｄａ（全角）と半角ｶﾀｶﾅ、ﾊﾟｰｾﾝﾄ％、①②③、㍻㋿",
    "The quick tag suggester suggests tags; tagging is suggested.",
    "const loader = new Model2VecLoader({ modelPath: './model' });\nawait loader.load();",
    "npm install --save-dev vitest && npm test -- --run 2>&1 | tail -20",
    "ＯΔΥΣΣΕΥΣ ΣΊΣΥΦΟΣ ς σ İstanbul ISPARTA ıI Straße ẞ ǅ ﬁ ﬀ",
    "👍🏽 👨‍👩‍👧‍👦 🇯🇵 🏳️‍🌈 タグ🏷️タグ 🫠",
    "か゛がか\u3099 は\u309a ハ\u309a e\u0301 é \u0301x q\u0323\u0307 q\u0307\u0323",
    "𠮷野家で𠮟る 葛󠄀飾区 髙橋 﨑 神 \U0002f800",
    "한국어 각 각 ᄀ ＡＢ Привет мир שלום مرحبا ภาษาไทย",
    "ああああああああああああああああああああ長い長い長い長い文文文文文",
    "㌀㍿株式会社 ㎏ ㏄ ½ ² ㈱ ™ ℡ ﷺ ㍑",
    "\u00a0\u2003\u200b\ufeff\u0085\u2028\u3000タグ\u00ad提案",
    "C++ と C# と F# と .NET と k8s",
    "1234567890 3.14 2026年11月24日 １２３",
    "ー長音ーから始まるーー ヴァイオリン ヷ ゝ々〆ヶ",
    "x" * 70,
    "\U0001e030か\u3099\u1abf\u0301\u0327a 𖄡 \U00011938",
    "tags tag suggest suggestion suggestions 提案 提案する タグ付け タグ提案システム",
]

RANGES = "[a-zß-öø-ɏḀ-ỿ]+(?:\\+\\+|#)?|[0-9]+|[ァ-ヺー-ヿ]+|[々-〇㐀-䶿一-鿿豈-\ufaff𠀀-𳎯]+|[ぁ-ゖゝ-ゟ][ぁ-ゖゝ-ゟー]*"
PATTERNS = [
    {"oniguruma": RANGES, "javascript": RANGES},
    {
        "oniguruma": r"[\p{Latin}\p{Mn}]+|\p{Han}+|[\p{Katakana}\p{Hiragana}ー]+|\p{N}+|[^\p{L}\p{M}\p{N}\p{Z}\p{C}]",
        "javascript": r"[\p{Script=Latin}\p{Mn}]+|\p{Script=Han}+|[\p{Script=Katakana}\p{Script=Hiragana}ー]+|\p{N}+|[^\p{L}\p{M}\p{N}\p{Z}\p{C}]",
    },
]
UNKNOWN = "[UNK]"
CODE_POINTS_A_BLOCK = 0x1000


def tokenizer_of(pattern: str, vocabulary: list[tuple[str, float]]) -> Tokenizer:
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = Sequence([NFKC(), Lowercase()])
    tokenizer.pre_tokenizer = Split(Regex(pattern), behavior="removed", invert=True)
    return tokenizer


def learn_vocabulary(pattern: str) -> list[tuple[str, float]]:
    """A small vocabulary with some characters missing, so that there are unknown ones."""
    learner = tokenizer_of(pattern, [(UNKNOWN, 0.0)])
    learner.train_from_iterator(TEXTS[1:15] * 3, UnigramTrainer(vocab_size=260, special_tokens=[UNKNOWN], unk_token=UNKNOWN, show_progress=False))
    learnt = json.loads(learner.to_str())["model"]["vocab"]
    kept = [(token, round(score, 4)) for token, score in learnt if token != UNKNOWN and hash_of(token)[0] not in "0123"]
    return [(UNKNOWN, 0.0), *sorted(kept, key=lambda entry: (-entry[1], entry[0]))]


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def block_hashes(normalizer: Sequence) -> list[str]:
    """For every 4,096 code points a hash of what becomes of each alone and beside combining marks."""
    hashes = []
    for start in range(0, 0x110000, CODE_POINTS_A_BLOCK):
        characters = [chr(c) for c in range(start, start + CODE_POINTS_A_BLOCK) if not 0xD800 <= c < 0xE000]
        forms = (form for c in characters for form in (c, f"a\u0345{c}", f"a{c}\u0334"))
        hashes.append(hash_of("\n".join(normalizer.normalize_str(form) for form in forms))[:12])
    return hashes


def main() -> None:
    cases = []
    for pattern in PATTERNS:
        vocabulary = learn_vocabulary(pattern["oniguruma"])
        tokenizer = tokenizer_of(pattern["oniguruma"], vocabulary)
        ids = [encoding.ids for encoding in tokenizer.encode_batch(TEXTS, add_special_tokens=False)]
        cases.append({"pattern": pattern, "vocabulary": vocabulary, "ids": ids})
    golden = {
        "tokenizers": __version__,
        "texts": TEXTS,
        "normalized": [tokenizer.normalizer.normalize_str(text) for text in TEXTS],
        "cases": cases,
        "codePointsABlock": CODE_POINTS_A_BLOCK,
        "blocks": block_hashes(tokenizer.normalizer),
    }
    target = Path(__file__).with_name("golden.json")
    target.write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")


main()
