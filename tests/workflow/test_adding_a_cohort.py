"""A new cohort is one file and one line; nobody else's work is done again."""

import re

import pytest
import yaml

pytestmark = pytest.mark.slow


def test_a_new_cohort_reruns_no_other_cohorts_ingest(run, write_cohort, small_study):
    run(small_study, "normalise", "--cores", "2", "--configfile", "study.yaml")
    write_cohort(small_study, "b", ("rna",), seed=5)
    study = yaml.safe_load((small_study / "study.yaml").read_text())
    study["cohorts"].append("b")
    (small_study / "study.yaml").write_text(yaml.safe_dump(study))
    done = run(small_study, "normalise", "-n", "--cores", "2", "--configfile", "study.yaml")
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", done.stdout + done.stderr, re.M))
    assert jobs["clinical"] == jobs["ingest_assay"] == jobs["normalise_assay"] == "1"
    assert "cohort=a" not in done.stdout + done.stderr


@pytest.mark.parametrize("directory", [False, True])
def test_a_study_runs_from_any_folder(run, small_study, tmp_path_factory, directory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    study = str(small_study / "study.yaml")
    arguments = ["clinical", "--cores", "1", "--configfile", study]
    if directory:
        arguments += ["--directory", str(elsewhere)]
    arguments[0] = "results/cohorts/a/clinical.tsv"
    run(small_study if directory else elsewhere, *arguments)
    assert (elsewhere / "results/cohorts/a/clinical.tsv").is_file()


def test_no_configuration_is_one_clear_line(run, tmp_path):
    done = run(tmp_path, "-n", check=False)
    assert done.returncode != 0
    assert "no study file was given" in done.stderr
    assert "--configfile" in done.stderr
    assert "Traceback" not in done.stderr
