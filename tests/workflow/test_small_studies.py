"""One to three cohorts, one or two omics, with or without an outcome: each ends in a report."""

import itertools

import pytest
import yaml

from immunosep_omics.figures.names import FIGURE_NAMES
from immunosep_omics.tables import read_table

pytestmark = pytest.mark.slow

COHORTS = ["a", "b", "c"]
OMICS = {"one": ["rna"], "two": ["rna", "proteome"]}
SHAPES = list(itertools.product((1, 2, 3), OMICS, (True, False)))


def _name(cohorts, omics, outcome):
    return f"c{cohorts}_{omics}_{'outcome' if outcome else 'plain'}"


def _contracted(analysis, assays):
    return [
        *(f"analyses/{analysis}/{name}" for name in (
            "endotypes.tsv", "stability.tsv", "biomarkers.tsv", "panels.tsv", "integrated.h5mu",
            *(f"differential/{assay}.tsv" for assay in assays),
            *(f"figures/{f}.{e}" for f in FIGURE_NAMES for e in ("pdf", "png", "tsv")))),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def finished(run, write_cohort, tmp_path_factory):
    """One study with an analysis of each shape, and one whose cohort has nothing but ids."""
    folder = tmp_path_factory.mktemp("small")
    for number, name in enumerate(COHORTS):
        write_cohort(folder, name, ("rna", "proteome"), seed=number, separation=1.5)
    write_cohort(folder, "ids", ("rna",), clinical=False, seed=9)
    analyses = {
        _name(cohorts, omics, outcome): {
            "assays": OMICS[omics],
            "discover_in": COHORTS[:cohorts],
            "endotype": {"method": "consensus", "max_k": 3, "resamples": 50},
            **({"outcome": {"event": "death_28d"}} if outcome else {}),
        }
        for cohorts, omics, outcome in SHAPES
    }
    analyses["held_out"] = analyses["c2_one_plain"] | {"held_out": ["proteome"]}
    analyses["only_ids"] = {"assays": ["rna"], "discover_in": ["ids"]}
    study = {"study": "small", "cohorts": [*COHORTS, "ids"], "analyses": analyses}
    (folder / "study.yaml").write_text(yaml.safe_dump(study))
    run(folder, "--cores", "2", "--configfile", "study.yaml")
    return folder / "results"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: _name(*shape))
def test_every_shape_has_every_contracted_file(finished, shape):
    expected = _contracted(_name(*shape), OMICS[shape[1]])
    assert [name for name in expected if not (finished / name).is_file()] == []


def test_a_cohort_with_nothing_but_ids_ends_in_a_report(finished):
    expected = [*_contracted("only_ids", ["rna"]), "report/index.html", "status.tsv"]
    assert [name for name in expected if not (finished / name).is_file()] == []
    labels = read_table(finished / "analyses/only_ids/endotypes.tsv")
    assert set(labels["endotype"]) == {"E1"}


def test_endotypes_are_tested_in_an_assay_that_they_never_saw(finished):
    folder = finished / "analyses/held_out"
    seen, held_out = (read_table(folder / f"differential/{a}.tsv") for a in ("rna", "proteome"))
    assert set(seen["claim"]) == {"descriptive"}
    assert seen["fdr"].isna().all()
    assert set(held_out["claim"]) == {"tested"}
    assert held_out["fdr"].notna().any()
    loadings = read_table(folder / "loadings.tsv")
    assert set(loadings["assay"]) == {"rna"}
    alone, with_it = (
        read_table(finished / f"analyses/{name}/factors.tsv")
        for name in ("c2_one_plain", "held_out")
    )
    assert alone.equals(with_it)


def test_what_does_not_apply_has_a_reason(finished):
    status = read_table(finished / "status.tsv")
    unanswered = status[status["answered"] != "yes"]
    assert unanswered["reason"].str.len().gt(5).all()
    plain = status[status["analysis"] == "c1_one_plain"]
    assert plain.loc[plain["question"] == "outcome panel", "answered"].tolist() == ["no"]


def test_one_cohort_gives_an_internal_figure_and_says_so(finished):
    panels = read_table(finished / "analyses/c1_one_outcome/panels.tsv")
    assert panels["warning"].str.contains("internal").all()
