"""Cohorts that hold one outcome each: a run stops rather than remove the outcome with them."""

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.slow


@pytest.fixture
def study(tmp_path, write_cohort):
    """Two cohorts, all patients of the first dead and none of the second."""
    for number, (name, dead) in enumerate({"a": 1, "b": 0}.items()):
        write_cohort(tmp_path, name, ("rna",), seed=number)
        path = tmp_path / "data" / name / "clinical.csv"
        pd.read_csv(path).assign(dead=dead).to_csv(path, index=False)

    def write(harmonise):
        analysis = {"assays": ["rna"], "harmonise": harmonise, "outcome": {"event": "death_28d"}}
        stated = {"study": "s", "cohorts": ["a", "b"], "analyses": {"main": analysis}}
        (tmp_path / "study.yaml").write_text(yaml.safe_dump(stated))
        return tmp_path

    return write


@pytest.mark.parametrize("harmonise", ["combat", "within_cohort_z"])
def test_no_corrected_data_are_written(study, run, harmonise):
    folder = study(harmonise)
    done = run(folder, "--cores", "2", "--configfile", "study.yaml", check=False)
    assert done.returncode != 0
    assert "samples: a 0 '0', 30 '1'; b 30 '0', 0 '1'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(folder.glob("results/analyses/main/*"))


def test_without_harmonisation_the_run_ends(study, run):
    folder = study("none")
    run(folder, "integrate", "--cores", "2", "--configfile", "study.yaml")
    assert (folder / "results/analyses/main/harmonisation.tsv").is_file()
