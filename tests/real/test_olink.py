"""Olink proteins some weeks after COVID-19, against healthy people.

What is expected was written down before the answers were seen. The authors report mediators of
tumour necrosis factor signalling and of transforming growth factor beta to be raised (Zoodsma et
al. 2022, doi:10.3389/fimmu.2022.1027122); men have less leptin. Everybody healthy was sampled and
stored apart, so that a panel that tells the two apart almost perfectly is to be warned of.
"""

import pandas as pd
import pytest
from anndata import read_h5ad

# TNF, TRAIL, TWEAK and the latent form of TGF-beta 1, by their genes.
RAISED = ["TNF", "TNFSF10", "TNFSF12", "TGFB1"]
PEOPLE = {"postcovid": 186, "healthy": 61}


@pytest.mark.slow
def test_the_workbook_and_the_authors_table_agree(run):
    folder = run("olink").folder / "assays/mhh"
    exported = read_h5ad(folder / "inflammation/raw.h5ad")
    processed = read_h5ad(folder / "olink/raw.h5ad")
    assert exported.shape == (247, 92)
    assert processed.n_obs == 247
    proteins = exported.var_names.intersection(processed.var_names)
    proteins = [
        p for p in proteins if exported.var.at[p, "feature"] == processed.var.at[p, "feature"]
    ]
    assert len(proteins) > 55
    one, other = exported.to_df()[proteins], processed.to_df().loc[exported.obs_names, proteins]
    known = other.notna()
    # The authors left out three samples that Olink flags, two of them in this cohort.
    assert int((~known.any(axis=1)).sum()) == 2
    pd.testing.assert_frame_equal(one.where(known), other, check_names=False)
    assert exported.obs["condition"].value_counts().to_dict() == PEOPLE


@pytest.mark.slow
def test_bridging_samples_are_left_out_and_counted(run):
    steps = run("olink").table("assays/mhh/inflammation/steps.tsv").set_index("step")
    assert steps.at["ignored samples", "count"] == 17


@pytest.mark.slow
def test_after_covid_is_as_published(run):
    rows = run("olink").effects("exported", "inflammation", "after_covid", "meta")
    assert (rows.loc[RAISED, ["n_level", "n_versus"]] == list(PEOPLE.values())).all(axis=None)
    assert (rows.loc[RAISED, "ci_low"] > 0).all()
    assert (rows.loc[RAISED, "fdr"] < 0.05).all()


@pytest.mark.slow
def test_men_have_less_leptin(run):
    rows = run("olink").effects("processed", "olink", "men", "mhh")
    assert rows.at["LEP", "ci_high"] < 0
    assert rows.at["LEP", "fdr"] < 1e-6


@pytest.mark.slow
def test_both_sources_give_the_same_differences(run):
    results = run("olink")
    one = results.effects("exported", "inflammation", "after_covid", "mhh")["estimate"]
    other = results.effects("processed", "olink", "after_covid", "mhh")["estimate"]
    shared = one.index.intersection(other.index)
    assert one[shared].corr(other[shared]) > 0.99
    assert (one[shared] - other[shared]).abs().median() < 0.01


@pytest.mark.slow
def test_a_panel_that_is_too_good_is_warned_of(run):
    results = run("olink")
    for analysis in ("exported", "processed"):
        panels = results.table(f"analyses/{analysis}/panels.tsv")
        assert panels["warning"].str.contains("internal cross-validation").all()
        outcome = panels[panels["panel"].eq("after_covid")]
        assert len(outcome) == 2
        assert outcome["warning"].str.contains("leakage warning").all()
        assert results.reason(analysis, "outcome panel: after_covid")[0] == "partly"
    report = (results.folder / "report/index.html").read_text(encoding="utf-8")
    assert "leakage warning" in report


@pytest.mark.slow
def test_axes_that_need_genes_of_blood_are_said_to_be_absent(run):
    for axis in ("myeloid", "lymphoid"):
        assert run("olink").reason("exported", f"axis {axis}")[0] == "no"
