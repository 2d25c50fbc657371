import pytest

from immunosep_omics import provenance


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A tiny package in place of ours: a stage, what it uses, and a brother it does not use."""
    (tmp_path / "stats").mkdir()
    sources = {
        "__init__.py": "",
        "stage.py": "from immunosep_omics.stats.kernel import f\n\ndef g():\n    return f()\n",
        "lazy.py": "def g():\n    from immunosep_omics.stats import kernel\n\n    kernel.f()\n",
        "brother.py": "x = 1\n",
        "stats/__init__.py": "",
        "stats/kernel.py": '"""Words."""\n\ndef f():\n    """Words."""\n    return 1\n',
    }
    for name, text in sources.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(provenance, "_ROOT", tmp_path)

    def token(module):
        for cached in (
            provenance._data_of,
            provenance.code_token, provenance._tree, provenance._imports, provenance._code_of,
        ):  # fmt: skip
            cached.cache_clear()
        return provenance.code_token(f"immunosep_omics.{module}")

    yield tmp_path, token
    monkeypatch.undo()
    token("provenance")


@pytest.mark.parametrize("module", ["stage", "lazy"])
def test_an_edit_far_below_changes_the_token(package, module):
    root, token = package
    before = token(module)
    (root / "stats/kernel.py").write_text("def f():\n    return 2\n")
    assert token(module) != before


def test_words_and_layout_change_nothing(package):
    root, token = package
    before = token("stage")
    (root / "stats/kernel.py").write_text(
        '"""Other words."""\n\n\ndef f():\n    # why\n    return (1)\n'
    )
    assert token("stage") == before


def test_an_edit_elsewhere_changes_nothing(package):
    root, token = package
    before = token("stage")
    (root / "brother.py").write_text("x = 2\n")
    assert token("stage") == before


def test_an_edited_data_file_changes_the_token(package):
    root, token = package
    (root / "stats/page.css").write_text("a {}")
    (root / "resources").mkdir()
    (root / "resources/genes.yaml").write_text("a: 1")
    (root / "lazy.py").write_text(
        'from immunosep_omics.stats import kernel\n\nG = "resources/genes.yaml"\n'
    )
    before = token("lazy")
    (root / "resources/genes.yaml").write_text("a: 2")
    after = token("lazy")
    assert after != before
    (root / "stats/page.css").write_text("b {}")
    assert token("lazy") != after


def test_checksum_of_a_known_text(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert provenance.sha256(tmp_path / "abc").startswith("ba7816bf8f01cfea414140de5dae2223")
