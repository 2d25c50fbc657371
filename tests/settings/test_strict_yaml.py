import pytest

from immunosep_omics.errors import InputError, Problems
from immunosep_omics.settings.strict_yaml import read_yaml


def _read(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    problems = Problems()
    document = read_yaml(path, problems)
    problems.raise_any()
    return document


@pytest.mark.parametrize("word", ["no", "Yes", "off", "007", "12:30", "12:30:45", "0x1F", "1_000"])
def test_ambiguous_words_are_refused_with_file_line_and_key(tmp_path, word):
    with pytest.raises(InputError) as error:
        _read(tmp_path, f"a: 1\nb:\n  site: {word}\n")
    (problem,) = error.value.problems
    assert problem.where.endswith("study.yaml:3 (b.site)")
    assert word in problem.problem
    assert "quotes" in problem.remedy


@pytest.mark.parametrize("word", ["no", "007", "12:30"])
def test_quoted_words_are_words(tmp_path, word):
    assert _read(tmp_path, f"site: '{word}'\n").data == {"site": word}


def test_a_repeated_key_names_both_lines(tmp_path):
    with pytest.raises(InputError) as error:
        _read(tmp_path, "a:\n  x: 1\n  y: 2\n  x: 3\n")
    (problem,) = error.value.problems
    assert problem.where.endswith(":4 (a.x)")
    assert "line 2" in problem.problem


def test_plain_values(tmp_path):
    text = "i: 3\nf: 0.5\ne: 1e3\nt: true\nn: null\nd: 2020-01-31\nw: tmm\nl: [1, a]\n"
    assert _read(tmp_path, text).data == {
        "i": 3, "f": 0.5, "e": 1000.0, "t": True, "n": None, "d": "2020-01-31", "w": "tmm",
        "l": [1, "a"],
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "- a\n", "a: [1\n", "just words\n"])
def test_a_file_that_is_no_mapping_is_one_problem(tmp_path, text):
    with pytest.raises(InputError) as error:
        _read(tmp_path, text)
    assert len(error.value.problems) == 1


def test_a_missing_file_and_wrong_encoding(tmp_path):
    problems = Problems()
    read_yaml(tmp_path / "nowhere.yaml", problems)
    (tmp_path / "latin.yaml").write_bytes("a: é\n".encode("latin-1"))
    read_yaml(tmp_path / "latin.yaml", problems)
    with pytest.raises(InputError) as error:
        problems.raise_any()
    assert ["no such file" in p.problem for p in error.value.problems] == [True, False]
    assert "UTF-8" in error.value.problems[1].remedy


def test_a_tag_that_would_run_code_is_refused_and_runs_nothing(tmp_path):
    marker = tmp_path / "ran"
    with pytest.raises(InputError, match="tag"):
        _read(tmp_path, f"a: !!python/object/apply:os.mkdir ['{marker}']\n")
    assert not marker.exists()


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LAUGHS, "aliases"),
        ("a: &a [*a]\n", "inside what it stands for"),
        ("[" * 5000, "nested"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "merge keys"),
        ('a: "x\\e[31m"\n', "control character"),
        ("a: x\0y\n", "YAML has not"),
        ("a:\n\tb: 1\n", "not with tabs"),
        ("a: 1\n---\nb: 2\n", "another document"),
        ("a: *nowhere\n", "nowhere"),
    ],
    ids=["laughs", "endless alias", "brackets", "merge", "escape", "zero", "tab", "two", "alias"],
)
def test_what_no_configuration_needs_is_one_problem(tmp_path, text, words):
    with pytest.raises(InputError) as error:
        _read(tmp_path, text)
    (problem,) = error.value.problems
    assert words in str(problem)
    assert problem.where.startswith(f"{tmp_path.as_posix()}/study.yaml")


def test_an_alias_may_stand_for_a_value(tmp_path):
    assert _read(tmp_path, "a: &x {b: 1}\nc: *x\n").data == {"a": {"b": 1}, "c": {"b": 1}}


def test_what_is_no_file_of_text_is_told(tmp_path):
    utf16 = tmp_path / "utf16.yaml"
    utf16.write_bytes("a: 1\n".encode("utf-16"))
    problems = Problems()
    for path in (tmp_path, utf16, tmp_path / ("x" * 300)):
        read_yaml(path, problems)
    with pytest.raises(InputError) as error:
        problems.raise_any()
    told = [problem.problem for problem in error.value.problems]
    assert told == [
        "cannot be read (Is a directory)", "is not UTF-8 text",
        "cannot be read (File name too long)",
    ]  # fmt: skip
