import numpy as np
import pandas as pd
import pytest

from immunosep_omics.biomarkers.panels import POOLED, build_panels
from immunosep_omics.transforms.panel import PanelRecipe

RECIPE = PanelRecipe(harmonise={"method": "within_cohort_z"}, candidates=20, mixing=0.5)
EVENT = {"event": "event"}


def _build(assays, clinical, endotypes, outcome=EVENT, recipe=RECIPE, seed=1):
    return build_panels(assays, clinical, endotypes, outcome, recipe, seed, "main")


def test_a_strong_signal_is_found_in_cohorts_held_out(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b", "c"], effect=1.0)
    built = _build(assays, clinical, one_endotype(clinical))
    held_out = built.panels[built.panels["cohort"] != POOLED]
    assert set(held_out["cohort"]) == {"a", "b", "c"}
    assert (held_out["estimate"] > 0.8).all()
    assert set(built.members.loc[built.members["selected"] == 1, "gene"]) <= {
        f"G{number}" for number in range(10)
    }


def test_an_auroc_above_nine_tenths_is_warned_of(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b", "c"], effect=3.0)
    built = _build(assays, clinical, one_endotype(clinical))
    pooled = built.panels[built.panels["cohort"] == POOLED].iloc[0]
    assert pooled["estimate"] > 0.9
    assert "leakage warning" in pooled["warning"]


def test_noise_selected_inside_the_folds_stays_noise(cohorts, one_endotype):
    """Selecting outside them would make about 0.9 of this."""
    found = []
    for seed in range(6):
        assays, clinical = cohorts(["a", "b", "c"], patients=30, genes=800, seed=seed)
        built = _build(assays, clinical, one_endotype(clinical), seed=seed)
        found += built.panels.loc[built.panels["cohort"] != POOLED, "estimate"].tolist()
    found = np.array(found)
    error = np.nanstd(found) / np.sqrt(np.isfinite(found).sum())
    assert abs(np.nanmean(found) - 0.5) < 3 * error + 0.01


def test_the_held_out_cohort_teaches_nothing(cohorts, one_endotype):
    """Whatever its labels are, its own predictions are the same."""
    assays, clinical = cohorts(["a", "b", "c"], effect=0.8)
    turned = clinical.copy()
    own = turned["cohort"] == "c"
    turned.loc[own, "event"] = 1 - turned.loc[own, "event"]
    one = _build(assays, clinical, one_endotype(clinical)).predictions
    other = _build(assays, turned, one_endotype(turned)).predictions
    pd.testing.assert_series_equal(
        one.loc[one["cohort"] == "c", "predicted"], other.loc[other["cohort"] == "c", "predicted"]
    )


def test_two_cohorts_have_no_prediction_interval(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b"], effect=0.8)
    panels = _build(assays, clinical, one_endotype(clinical)).panels
    pooled = panels[panels["cohort"] == POOLED].iloc[0]
    assert np.isnan(pooled["prediction_low"])
    assert "not estimable" in pooled["warning"]


def test_one_cohort_gives_an_internal_figure(cohorts, one_endotype):
    assays, clinical = cohorts(["a"], effect=1.0)
    built = _build(assays, clinical, one_endotype(clinical))
    assert built.panels["warning"].str.contains("internal").all()
    assert built.status.loc[0, "answered"] == "partly"


@pytest.mark.parametrize(
    ("outcome", "share", "words"),
    [(None, 0.5, "states no outcome"), (EVENT, 0.02, "too few"), ({"event": "x"}, 0.5, "column")],
)
def test_what_cannot_be_answered_has_a_reason(cohorts, one_endotype, outcome, share, words):
    assays, clinical = cohorts(["a", "b"], share=share)
    built = _build(assays, clinical, one_endotype(clinical), outcome)
    assert built.panels.empty
    assert words in built.status.loc[0, "reason"]


def test_the_endotype_panel_speaks_of_fidelity(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b", "c"], effect=2.5)
    labels = np.where(clinical["event"] == 1, "E2", "E1")
    built = _build(assays, clinical, one_endotype(clinical, labels), outcome=None)
    assert set(built.panels["statistic"]) == {"fidelity"}
    assert built.panels["warning"].str.contains("not accuracy").all()
    assert (built.panels["estimate"] > 0.9).all()


def test_a_cohort_that_lacks_every_panel_feature_gets_no_auroc(cohorts, cohort, one_endotype):
    assays, clinical = cohorts(["a", "b"], effect=1.5)
    other, rest = cohort("c", assay="proteome")
    clinical = pd.concat([clinical, rest], ignore_index=True)
    panels = _build([*assays, other], clinical, one_endotype(clinical)).panels
    own = panels[(panels["cohort"] == "c") & (panels["statistic"] == "auroc")].iloc[0]
    assert np.isnan(own["estimate"])
    assert "none of the panel's features" in own["warning"]


def test_a_patient_is_never_on_both_sides_of_an_inner_fold(make_patients):
    for train, test in make_patients:
        assert not set(train) & set(test)


@pytest.fixture
def make_patients(cohort):
    from immunosep_omics.transforms.panel import _inner_folds

    _, clinical = cohort("a", patients=20, repeats=3)
    classes = clinical["event"].astype(str)
    folds = _inner_folds(clinical, classes, np.random.default_rng(0))
    return [(clinical.loc[a, "patient"], clinical.loc[b, "patient"]) for a, b in folds]


def test_every_value_that_was_filled_in_is_listed(cohorts, one_endotype):
    """Proteins that are missing because they are low, and a patient without any of them."""
    assays, clinical = cohorts(["a", "b", "c"], effect=1.5, assay="ms")
    for assay in assays:
        assay.X[assay.X < -0.8] = np.nan
        assay.X[0] = np.nan
    built = {
        way: _build(assays, clinical, one_endotype(clinical),
                    recipe=PanelRecipe({"method": "within_cohort_z"}, 20, 0.5, impute=way))
        for way in ("mean", "censored")
    }  # fmt: skip
    assert set(built["mean"].imputed["way"]) == {"mean"}
    imputed = built["censored"].imputed
    values = {
        (a.uns["cohort"], sample): a.to_df().loc[sample] for a in assays for sample in a.obs_names
    }
    for row in imputed.itertuples():
        assert np.isnan(values[row.cohort, row.sample][row.gene])
        nothing = values[row.cohort, row.sample].isna().all()
        assert row.way == ("mean" if nothing else "below")
    assert set(imputed["way"]) == {"mean", "below"}


def test_controls_anchor_the_cohorts_and_teach_no_panel(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b", "c"], effect=1.0)
    clinical["kind"] = np.where(np.arange(len(clinical)) % 4 == 0, "healthy", "patient")
    anchored = {"method": "control_anchored", "controls": {"column": "kind", "level": "healthy"}}
    recipe = PanelRecipe(anchored, candidates=20, mixing=0.5)
    built = _build(assays, clinical, one_endotype(clinical), recipe=recipe)
    healthy = set(clinical.loc[clinical["kind"] == "healthy", "sample"])
    assert len(built.predictions) == 90
    assert not healthy & set(built.predictions["sample"])
    turned = clinical.assign(
        event=np.where(clinical["kind"] == "healthy", 1 - clinical["event"], clinical["event"])
    )
    again = _build(assays, turned, one_endotype(turned), recipe=recipe)
    pd.testing.assert_frame_equal(built.predictions, again.predictions)
    held_out = built.panels[built.panels["cohort"] != POOLED]
    assert (held_out["estimate"] > 0.75).all()


def test_controls_of_an_assay_that_a_held_out_cohort_lacks_are_not_asked_for(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b", "c"], effect=1.0)
    also = [assay.copy() for assay in assays[:2]]
    for assay in also:
        assay.uns["assay"] = "proteome"
    clinical["kind"] = np.where(np.arange(len(clinical)) % 4 == 0, "healthy", "patient")
    anchored = {"method": "control_anchored", "controls": {"column": "kind", "level": "healthy"}}
    recipe = PanelRecipe(anchored, candidates=20, mixing=0.5)
    built = _build([*assays, *also], clinical, one_endotype(clinical), recipe=recipe)
    assert set(built.predictions["cohort"]) == {"a", "b", "c"}
    assert built.predictions["predicted"].notna().all()
