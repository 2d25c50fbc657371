"""Five cohorts of whole blood in sepsis, 74 genes of published signatures.

What is expected of genes was written down before the answers were seen. Those who die have fewer
CX3CR1 and TGFBI transcripts and more DEFA4 (Sweeney et al. 2018, doi:10.1038/s41467-018-03078-2),
and less HLA class II (Monneret & Venet 2016). With 24 deaths no single gene is expected to pass a
false discovery rate.
"""

import numpy as np
import pandas as pd
import pytest
import yaml
from anndata import read_h5ad

from immunosep_omics.errors import InputError, tell
from immunosep_omics.ingest import ingest_assay, read_clinical
from immunosep_omics.settings.cohort import Cohort

PATIENTS = {"gse54514": 31, "gse57065": 28, "gse95233": 51, "gse8121": 30, "gse110487": 31}
SAMPLES = {"gse54514": 122, "gse57065": 82, "gse95233": 102, "gse8121": 60, "gse110487": 62}
DEATHS = {"gse54514": (7, 24), "gse95233": (17, 34)}
NEUTROPHIL_GRANULES = ["DEFA4", "CEACAM8", "LCN2", "CAMP", "AZU1", "CTSG"]
INTERFERON = ["IFI27", "IFI44L", "OASL"]


def test_ratios_declared_as_log2_are_refused(real_data, cohort_file):
    path = cohort_file("gse8121")
    stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    stated["assays"]["rna"]["scale"] = "log2"
    facts = Cohort.model_validate(stated)
    clinical = read_clinical("gse8121", facts.clinical, real_data)
    with pytest.raises(InputError) as refused:
        ingest_assay("gse8121", "rna", facts.assays["rna"], real_data, clinical)
    message = tell(refused.value)
    assert message.startswith("1 problem with the input:")
    for word in ("GSE8121_expr_genes_x_samples.csv.gz", "assays.rna.scale", "log2", "look linear",
                 "-> state `scale: linear`"):  # fmt: skip
        assert word in message


@pytest.mark.slow
def test_all_samples_are_read_and_one_of_each_patient_is_analysed(run):
    results = run("blood")
    for cohort, samples in SAMPLES.items():
        normalised = read_h5ad(results.folder / f"assays/{cohort}/rna/normalised.h5ad")
        assert normalised.shape == (samples, 74)
        assert normalised.uns["scale"] == "log2"
    factors = results.table("analyses/main/factors.tsv")
    assert factors["cohort"].value_counts().to_dict() == PATIENTS
    clinical = pd.concat([results.table(f"cohorts/{cohort}/clinical.tsv") for cohort in PATIENTS])
    hours = clinical.set_index("sample")["hours"]
    assert (hours[factors["sample"]] == 0).all()


@pytest.mark.slow
def test_ratios_become_logarithms(run, real_data):
    normalised = read_h5ad(run("blood").folder / "assays/gse8121/rna/normalised.h5ad")
    file = real_data / "srep_cohorts/GSE8121_expr_genes_x_samples.csv.gz"
    ratios = pd.read_csv(file, index_col=0)
    expected = np.log2(ratios.loc[normalised.var["feature"], normalised.obs_names].T)
    np.testing.assert_allclose(normalised.X, expected, rtol=1e-12)


@pytest.mark.slow
def test_response_to_treatment_is_not_survival(run):
    results = run("blood")
    responders = results.table("cohorts/gse110487/clinical.tsv")
    assert "death" not in responders
    assert responders["response"].value_counts().to_dict() == {
        "responder": 34, "non_responder": 28,
    }  # fmt: skip
    table = results.table("analyses/main/differential/rna.tsv")
    asked = table.groupby("contrast")["cohort"].unique().map(sorted).to_dict()
    assert asked["death"] == ["gse54514", "gse95233", "meta"]
    assert asked["no_response"] == ["gse110487", "meta"]
    for cohort, (died, survived) in (DEATHS | {"meta": (24, 58)}).items():
        rows = results.effects("main", "rna", "death", cohort)
        assert len(rows) == 74
        assert (rows[["n_level", "n_versus"]] == [died, survived]).all(axis=None)
    rows = results.effects("main", "rna", "no_response", "meta")
    assert (rows[["n_level", "n_versus", "cohorts"]] == [14, 17, 1]).all(axis=None)


@pytest.mark.slow
def test_deaths_change_blood_as_published(run):
    effect = run("blood").effects("main", "rna", "death", "meta")["effect"]
    assert (effect[["CX3CR1", "TGFBI", "HLA-DPB1"]] < 0).all()
    assert effect["DEFA4"] > 0


@pytest.mark.slow
def test_few_deaths_leave_wide_intervals(run):
    rows = run("blood").effects("main", "rna", "death", "meta")
    assert (rows["ci_low"] < rows["effect"]).all()
    assert (rows["effect"] < rows["ci_high"]).all()
    assert (rows["ci_high"] - rows["ci_low"]).median() > 1
    assert rows[["prediction_low", "prediction_high"]].isna().all(axis=None)


@pytest.mark.slow
def test_genes_of_one_programme_lie_together(run):
    loadings = (
        run("blood").table("analyses/main/loadings.tsv").set_index("gene").filter(like="fact")
    )
    unit = loadings.div(np.linalg.norm(loadings, axis=1), axis=0)
    alike = unit @ unit.T
    for genes in (NEUTROPHIL_GRANULES, INTERFERON):
        inside = alike.loc[genes, genes].to_numpy()[np.triu_indices(len(genes), 1)]
        outside = alike.loc[genes].drop(columns=genes).to_numpy()
        assert inside.mean() > 0.4
        assert inside.mean() > outside.mean() + 0.3


@pytest.mark.slow
def test_death_is_predicted_in_the_two_cohorts_that_have_deaths(run):
    results = run("blood")
    panels = results.table("analyses/main/panels.tsv").query("panel == 'death'").set_index("cohort")
    assert panels.index.tolist() == ["gse54514", "gse95233", "pooled"]
    assert (panels["statistic"] == "auroc").all()
    for cohort, (died, survived) in DEATHS.items():
        assert panels.loc[cohort, ["n", "events"]].tolist() == [died + survived, died]
        width = panels.loc[cohort, "ci_high"] - panels.loc[cohort, "ci_low"]
        assert 0.2 < width < 0.7
        assert panels.loc[cohort, "ci_low"] < panels.loc[cohort, "estimate"]
    assert "prediction interval not estimable" in panels.loc["pooled", "warning"]
    predictions = results.table("analyses/main/panel_predictions.tsv").query("panel == 'death'")
    assert predictions["cohort"].value_counts().to_dict() == {"gse95233": 51, "gse54514": 31}
    assert not predictions.duplicated(["cohort", "patient"]).any()


@pytest.mark.slow
def test_what_was_not_asked_of_a_cohort_is_said(run):
    results = run("blood")
    answered, reason = results.reason("main", "rna: death")
    assert answered == "partly"
    assert "gse57065, gse8121, gse110487: no sample is in either group" in reason
    assert results.reason("main", "outcome panel: death")[1].startswith("2 cohorts held out")
