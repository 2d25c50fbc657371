"""The commands as a user runs them."""

import subprocess
import sys

import pytest
import yaml

CODE = "import sys; from immunosep_omics.cli import main; sys.exit(main())"

TABLE = "PatID,Age,Sex,Ferritin_ng_mL,Lactate,Surname\n" + "".join(
    f"p{n},{40 + n},{'FM'[n % 2]},{500 + n},1.5,x\n" for n in range(12)
)
COUNTS = (
    "gene\t"
    + "\t".join(f"p{n}" for n in range(12))
    + "\n"
    + "".join(
        f"{gene}\t" + "\t".join(str((place * 37 + n * n * 13) % 400) for n in range(12)) + "\n"
        for place, gene in enumerate(["TNF", "IL6", "CD74", "ACTB", "GAPDH", "CRP"], start=1)
    )
)
HEAVY = "scanpy anndata sklearn statsmodels matplotlib mudata numba".split()


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments], cwd=folder, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


@pytest.fixture
def drafted(tmp_path):
    """A cohort whose file was drafted, and a study of it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/clinical.csv").write_text(TABLE)
    (tmp_path / "data/counts.tsv").write_text(COUNTS)
    done = run(tmp_path, "new-cohort", "data/clinical.csv", "data/counts.tsv", "--output",
               "cohorts/a.yaml")  # fmt: skip
    study = {"study": "s", "cohorts": ["a"], "analyses": {"main": {"assays": ["rna"]}}}
    study["analyses"]["main"]["contrasts"] = {"women": {"column": "sex", "level": "female"}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study))
    return tmp_path, done


def test_a_draft_passes_the_check_and_says_what_is_left(drafted):
    folder, done = drafted
    assert done.returncode == 0, done.stderr
    assert "'Surname' is left out" in done.stderr
    assert "'Lactate' (lactate): state its unit" in done.stderr
    checked = run(folder, "check", "--configfile", "study.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "main, women: yes, in 1 of 1 cohorts (12 samples)" in checked.stdout
    assert (folder / "results/check.tsv").is_file()


def test_a_draft_overwrites_nothing(drafted):
    folder, _ = drafted
    done = run(folder, "new-cohort", "data/counts.tsv", "--output", "cohorts/a.yaml")
    assert done.returncode == 1
    assert "there already" in done.stderr


def test_problems_end_in_exit_code_one_without_a_traceback(drafted):
    folder, _ = drafted
    (folder / "data/clinical.csv").write_text(TABLE.replace("p3,43", "p3,old"))
    done = run(folder, "check", "--configfile", "study.yaml")
    assert done.returncode == 1
    assert "column 'Age', row 5" in done.stderr
    assert "Traceback" not in done.stderr


def test_results_of_another_study_are_left_alone(drafted):
    folder, _ = drafted
    (folder / "results").mkdir()
    (folder / "results/study.txt").write_text("other\n")
    done = run(folder, "check", "--configfile", "study.yaml")
    assert done.returncode == 1
    assert "'other'" in done.stderr


def test_the_check_imports_nothing_heavy(drafted):
    folder, _ = drafted
    code = (
        "import sys; from immunosep_omics.cli import main;"
        "main(['check', '--configfile', 'study.yaml']);"
        f"sys.exit(','.join(m for m in {HEAVY} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True,
                          check=False, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
