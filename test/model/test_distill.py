"""Tests of the steps behind scripts/distill_model.py; seconds, no teacher needed.

    python -m pytest test/model
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

from distill import artifact, catalogues, corpora, embeddings, training, vocabulary  # noqa: E402
from distill.errors import InputError  # noqa: E402

TEXTS = [
    ("サーフボードを持った人たちが川べりで踊っています。", 9.0),
    ("A dancing man holds a surfboard in C++ and C#.", 9.0),
    ("コンテナをクラスタにデプロイする機械学習モデル", 9.0),
    ("2026年に Kubernetes で dancing", 9.0),
]


@pytest.fixture(scope="module")
def tokenizer():
    return vocabulary.build_tokenizer(vocabulary.build_vocabulary(TEXTS, {"dance": 5.0}, 2_000))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("dancing", ["dancing"]),
        ("サーフボード", ["サーフボード"]),
        ("ＤＡＮＣＩＮＧ", ["dancing"]),
        ("ｻｰﾌﾎﾞｰﾄﾞ", ["サーフボード"]),
        ("機械学習モデルをデプロイ", ["機械学習", "モデル", "を", "デプロイ"]),
        ("C++とC#", ["c++", "と", "c#"]),
        ("dancing😀dancing", ["dancing", "dancing"]),
        ("!? 。", []),
    ],
)
def test_whole_words_stay_whole_and_the_rest_is_dropped(tokenizer, text, tokens):
    assert tokenizer.encode(text, add_special_tokens=False).tokens == tokens


def test_no_token_hides_the_particle_wo(tokenizer):
    assert [token for token in tokenizer.get_vocab() if "を" in token] == ["を"]


def test_the_vocabulary_does_not_depend_on_hash_seeds():
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); from distill.vocabulary import build_vocabulary;"
        f"print(build_vocabulary({TEXTS!r}, {{'dance': 5.0}}, 2000))"
    )
    outputs = {
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_the_file_holds_what_was_quantised(tmp_path):
    weighted = np.random.default_rng(0).normal(size=(70, 24)) * np.logspace(-3, 1, 70)[:, None]
    weighted[0] = 0
    model = artifact.quantise(weighted)
    files = artifact.write_files(tmp_path, {"model2vec.bin": artifact.model_bytes(model)})

    read = artifact.read_model(tmp_path / "model2vec.bin")

    assert files["model2vec.bin"]["bytes"] == (tmp_path / "model2vec.bin").stat().st_size
    assert [p.name for p in tmp_path.iterdir()] == ["model2vec.bin"]
    np.testing.assert_array_equal(read.dense(), model.dense())
    cosine = (embeddings.normalised(read.dense()) * embeddings.normalised(weighted)).sum(axis=1)
    assert cosine[1:].min() > 0.9995 and not read.dense()[0].any()


def test_a_truncated_file_is_refused(tmp_path):
    content = artifact.model_bytes(artifact.quantise(np.eye(4, 8)))
    (tmp_path / "model2vec.bin").write_bytes(content[:-1])
    with pytest.raises(ValueError, match="not a complete"):
        artifact.read_model(tmp_path / "model2vec.bin")


def test_the_vocabulary_file_round_trips_scores():
    line = artifact.vocabulary_bytes([("犬", -1 / 3)]).decode()
    assert float(line.rstrip("\n").split("\t")[1]) == -1 / 3


def test_the_reference_reads_the_same_model_without_cutting_long_texts(tokenizer, tmp_path):
    model2vec = pytest.importorskip("model2vec")
    vectors = np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 16))
    vectors[0] = 0
    model = artifact.quantise(vectors)
    artifact.save_reference(tmp_path, model, tokenizer)
    texts = ["dancing モデル", "踊" * 3_000 + "dancing " * 3_000, "", "😀"]

    expected = embeddings.embed(embeddings.token_matrix(tokenizer, texts[:1]), model.dense())
    encoded = model2vec.StaticModel.from_pretrained(str(tmp_path)).encode(texts)

    np.testing.assert_allclose(encoded[0], expected[0], atol=1e-6)
    assert encoded[1] @ model.dense()[tokenizer.token_to_id("dancing")] > 0.5
    assert not encoded[2:].any()


def cross_entropy(y, record, temperature):
    scores = y @ y.T / temperature
    np.fill_diagonal(scores, -np.inf)
    log = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    same = (record[:, None] == record[None, :]) & ~np.eye(len(y), dtype=bool)
    rows = same.any(axis=1)
    return -np.mean([log[i][same[i]].mean() for i in np.flatnonzero(rows)])


def likeness_error(y, t):
    wanted = t @ t.T
    weight = 0.1 + np.maximum(wanted, 0) ** 2
    np.fill_diagonal(weight, 0)
    return (weight * (y @ y.T - wanted) ** 2).sum() / weight.sum()


@pytest.mark.parametrize("loss", ["contrast", "similarity"])
def test_gradients_agree_with_finite_differences(loss):
    generator = np.random.default_rng(0)
    y, t = (embeddings.normalised(generator.normal(size=(6, 5))) for _ in range(2))
    record = np.array([0, 0, 1, 1, 2, 3])
    value = {"contrast": lambda y: cross_entropy(y, record, 0.3), "similarity": lambda y: likeness_error(y, t)}[loss]
    gradient = {
        "contrast": lambda: training.contrast_gradient(y, record, 0.3),
        "similarity": lambda: training.similarity_gradient(y, t),
    }[loss]()

    numeric = np.zeros_like(y)
    for index in np.ndindex(*y.shape):
        step = np.zeros_like(y)
        step[index] = 1e-5
        numeric[index] = (value(y + step) - value(y - step)) / 2e-5
    np.testing.assert_allclose(gradient, numeric, atol=1e-6)


def test_training_brings_translations_together(tokenizer):
    generator = np.random.default_rng(0)
    texts = ["dancing man", "踊っています", "機械学習モデル", "kubernetes"]
    matrix = embeddings.token_matrix(tokenizer, texts)
    sides = training.Sides(matrix, np.array([0, 0, 1, 2]))
    vectors = generator.normal(size=(tokenizer.get_vocab_size(), 12)).astype(np.float32)
    targets = embeddings.normalised(generator.normal(size=(3, 12))).astype(np.float32)
    stage = training.Stage("test", steps=150, rate=0.05, contrast=0.1, records=4)

    training.train(vectors, sides, targets, stage, training.random_batches(np.ones(3), 4, generator))

    embedded = embeddings.embed(matrix, vectors)
    assert (embedded * targets[sides.record]).sum(axis=1).min() > 0.9


@pytest.mark.parametrize(
    ("message", "cleaned"),
    [
        ("<b>ファイル(_F)</b>を開く…", "ファイルを開く"),
        ("_Open %s in ${name}", "Open in"),
        ("%1 of %2 files", "of files"),
        ("&Quit", "Quit"),
    ],
)
def test_messages_lose_markup_mnemonics_and_placeholders(message, cleaned):
    assert catalogues.clean(message) == cleaned


def test_measured_sentences_never_reach_training():
    texts = [corpora.Text("a", "犬が走る。", "A dog runs."), corpora.Text("b", "猫", None), corpora.Text("b", "猫", None)]
    kept = corpora.deduplicate(texts, {corpora.normalise("a dog runs")})
    assert kept == [texts[1]]


def test_a_malformed_line_is_named(tmp_path):
    (tmp_path / "pairs.tsv").write_text("犬\tdog\n猫\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        corpora.read_parallel(tmp_path / "pairs.tsv")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--base-model", "nobody/no-such-model"], "base model 'nobody/no-such-model' not found"),
        (["--base-model", "x", "--languages", "ja", "fr"], "aligns two languages"),
        (["--base-model", "x", "--dimension", "4096"], "--dimension 4096"),
        (["--base-model", "x", "--sts", "/nowhere"], "no such folder: /nowhere"),
    ],
)
def test_bad_input_ends_in_one_line_and_exit_code_2(arguments, message, tmp_path):
    command = [sys.executable, str(SCRIPTS / "distill_model.py"), "--output", str(tmp_path), *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert message in result.stderr


def test_the_shipped_model_is_what_its_metadata_says():
    folder = SCRIPTS.parent / "model"
    metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    for name, expected in metadata["files"].items():
        if not (folder / name).is_file():
            pytest.skip(f"{name} is not here: run model/download.sh")
        assert artifact.describe((folder / name).read_bytes()) == expected
    model = artifact.read_model(folder / "model2vec.bin")
    assert model.vectors.shape == (metadata["vocabularySize"], metadata["dimension"])
    assert 8_000_000 <= metadata["files"]["model2vec.bin"]["bytes"] <= 30_000_000
