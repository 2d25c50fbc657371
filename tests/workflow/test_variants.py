"""Variants of an analysis: run by its own scripts, compared with it, and nothing waits for them."""

import pytest
import yaml

from immunosep_omics.tables import read_table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def compared(run, write_cohort, tmp_path_factory):
    """The tables of variants of one analysis of two cohorts, and what would be done again."""
    folder = tmp_path_factory.mktemp("variants")
    for number, name in enumerate(("a", "b")):
        write_cohort(folder, name, ("rna", "proteome"), seed=number, separation=1.5)
    analysis = {
        "assays": ["rna", "proteome"],
        "integrate": {"compare": ["snf", "nemo", "concatenation", "single"]},
        "endotype": {"method": "consensus", "max_k": 3, "resamples": 50},
        "robustness": ["cohorts", "omics", "patients"],
    }
    study = {"study": "small", "cohorts": ["a", "b"], "analyses": {"main": analysis}}
    (folder / "study.yaml").write_text(yaml.safe_dump(study))
    targets = [f"results/analyses/main/{name}.tsv" for name in ("integrators", "robustness")]
    run(folder, *targets, "--cores", "2", "--configfile", "study.yaml")
    analysis["integrate"]["compare"] = ["snf"]
    (folder / "study.yaml").write_text(yaml.safe_dump(study))
    again = run(folder, *targets, "--dry-run", "--configfile", "study.yaml").stdout
    return *(read_table(folder / target) for target in targets), again


def test_one_row_for_each_way(compared):
    integrators, robustness, _ = compared
    assert integrators["variant"].tolist() == [
        "this analysis", "snf", "nemo", "concatenation", "single_rna", "single_proteome",
    ]  # fmt: skip
    assert robustness["variant"].tolist() == [
        "this analysis", "without_cohort_a", "without_cohort_b", "without_omic_rna",
        "without_omic_proteome", *(f"without_tenth_{number}" for number in range(1, 6)),
    ]  # fmt: skip
    for table in (integrators, robustness):
        assert table.loc[0, "agreement"] == 1
        fewer = table["variant"].str.startswith("without_tenth")
        assert (table["samples"] == fewer.map({True: 54, False: 60})).all()
        assert table["agreement"].between(-0.5, 1).all()


def test_each_row_says_what_was_done(compared):
    integrators, robustness, _ = compared
    integrators, robustness = (t.set_index("variant") for t in (integrators, robustness))
    assert integrators.loc["nemo", "integrator"] == "nemo"
    assert integrators.loc["single_rna", ["integrator", "assays"]].tolist() == ["mfa", "rna"]
    assert robustness.loc["without_cohort_a", "discover_in"] == "b"
    assert robustness.loc["without_omic_rna", "assays"] == "proteome"
    assert integrators["reason"].str.len().gt(5).all()


def test_another_question_runs_no_variant_again(compared):
    *_, again = compared
    assert "integrate_variant" not in again
    assert "rule variants" in again
