"""Plasma of patients with and without COVID-19: proteins, metabolites, and RNA of some.

What is expected was written down before the answers were seen. Intensive care goes with more acute
phase reactants and calprotectin (SAA1, SAA2, LBP, S100A8, S100A9) and with less albumin,
apolipoprotein A1, gelsolin and histidine-rich glycoprotein (Shen et al. 2020,
doi:10.1016/j.cell.2020.05.032; Overmyer et al. 2021, doi:10.1016/j.cels.2020.10.003). The file has
no C-reactive protein.
"""

import numpy as np
import pandas as pd
import pytest
from anndata import read_h5ad
from scipy.stats import chi2_contingency, mannwhitneyu

MORE = ["SAA1", "SAA2", "LBP", "S100A8", "S100A9"]
LESS = ["ALB", "APOA1", "GSN", "HRG"]


@pytest.mark.slow
def test_assays_and_samples(run):
    folder = run("covid").folder / "assays/overmyer"
    shapes = {
        assay: read_h5ad(folder / assay / "normalised.h5ad").shape
        for assay in ("proteins", "metabolites", "rna")
    }
    assert shapes["metabolites"] == (129, 155)
    assert shapes["rna"] == (29, 558)
    assert shapes["proteins"][0] == 129
    assert 500 < shapes["proteins"][1] <= 517
    omics = run("covid").table("analyses/main/factors.tsv")["omics"].value_counts().to_dict()
    assert omics == {"proteins+metabolites": 100, "proteins+metabolites+rna": 29}


@pytest.mark.slow
def test_protein_groups_have_genes(run, real_data):
    proteins = read_h5ad(run("covid").folder / "assays/overmyer/proteins/normalised.h5ad")
    raw = read_h5ad(run("covid").folder / "assays/overmyer/proteins/raw.h5ad")
    file = pd.read_csv(real_data / "overmyer_covid/2020-06-10_proteomics.tsv.gz", sep="\t")
    assert raw.var.loc["S100A8", "feature"].split(";")[0].startswith("P05109")
    column = file.set_index("Sample_label")[raw.var.loc["S100A8", "feature"]]
    np.testing.assert_array_equal(raw[:, "S100A8"].X.ravel(), column[raw.obs_names])
    assert {*MORE, *LESS} <= set(proteins.var_names)
    named = ~proteins.var_names.isin(proteins.var["feature"])
    assert named.mean() > 0.7


@pytest.mark.slow
@pytest.mark.parametrize("genes, sign", [(MORE, 1), (LESS, -1)])
def test_plasma_in_intensive_care_is_as_published(run, genes, sign):
    rows = run("covid").effects("main", "proteins", "icu", "meta").loc[genes]
    assert (rows[["n_level", "n_versus"]] == [66, 61]).all(axis=None)
    assert (sign * rows["effect"] > 0).all()
    nearest = rows["ci_low"] if sign > 0 else -rows["ci_high"]
    assert (nearest > 0).mean() >= 0.8


@pytest.mark.slow
def test_intensive_care_lies_on_the_leading_axis(run):
    """The first factor is found without any label."""
    results = run("covid")
    icu = results.table("cohorts/overmyer/clinical.tsv").set_index("sample")["icu"]
    axis = results.table("analyses/main/endotypes.tsv").set_index("sample")["axis_factor_1"]
    in_care, not_in_care = axis[icu[axis.index] == 1], axis[icu[axis.index] == 0]
    test = mannwhitneyu(in_care, not_in_care)
    auroc = test.statistic / len(in_care) / len(not_in_care)
    assert max(auroc, 1 - auroc) > 0.7
    assert test.pvalue < 1e-6


@pytest.mark.slow
def test_endotypes_if_there_are_several_differ_in_intensive_care(run):
    results = run("covid")
    icu = results.table("cohorts/overmyer/clinical.tsv").set_index("sample")["icu"]
    endotype = results.table("analyses/main/endotypes.tsv").set_index("sample")["endotype"]
    if endotype.nunique() > 1:
        assert chi2_contingency(pd.crosstab(endotype, icu[endotype.index])).pvalue < 1e-3
    else:
        assert results.reason("main", "endotypes")[1].startswith("one endotype")


@pytest.mark.slow
def test_one_cohort_has_no_meta_analysis_but_an_answer(run):
    results = run("covid")
    own = results.effects("main", "proteins", "icu", "overmyer")
    meta = results.effects("main", "proteins", "icu", "meta")
    pd.testing.assert_frame_equal(own[["effect", "p", "fdr"]], meta[["effect", "p", "fdr"]])
    assert meta[["ci_low", "ci_high"]].notna().all(axis=None)
    assert meta[["tau2", "i2", "prediction_low"]].isna().all(axis=None)
    answered, reason = results.reason("main", "proteins: icu")
    assert answered == "yes"
    assert "without sex" in reason


@pytest.mark.slow
def test_the_panel_is_called_internal(run):
    results = run("covid")
    panels = results.table("analyses/main/panels.tsv").query("panel == 'icu'")
    assert panels["cohort"].tolist() == ["overmyer", "pooled"]
    assert panels["warning"].str.startswith("internal cross-validation").all()
    assert (panels[["n", "events"]] == [128, 67]).all(axis=None)
    assert panels["ci_low"].between(0.6, 0.9).all()
    assert results.reason("main", "outcome panel: icu")[0] == "partly"
    predictions = results.table("analyses/main/panel_predictions.tsv").query("panel == 'icu'")
    # One patient has no clinical values and so no outcome.
    assert len(predictions) == predictions["patient"].nunique() == 128
