import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from immunosep_omics import simulate
from immunosep_omics.simulate import SimulatedStudy, World


def test_sizes(study: SimulatedStudy) -> None:
    assert {n: len(c.clinical) for n, c in study.cohorts.items()} == {
        "athens": 80, "nijmegen": 72, "jena": 64, "modena": 48,
    }  # fmt: skip
    assert {n: set(c.assays) for n, c in study.cohorts.items()} == {
        "athens": {"rna", "proteome"}, "nijmegen": {"rna", "olink"},
        "jena": {"rna"}, "modena": {"proteome", "olink"},
    }  # fmt: skip
    assert study.cohorts["athens"].assays["rna"].values.shape[1] == 3000
    genes_on_array = set(study.cohorts["jena"].assays["rna"].features["gene"]) - {""}
    assert 2400 < len(genes_on_array) < 2600
    assert study.cohorts["modena"].assays["olink"].values.shape[1] == 92


def test_adding_a_cohort_or_an_assay_changes_no_other(
    separated: World, study: SimulatedStudy
) -> None:
    plan = separated.cohorts["athens"]
    more = plan.model_copy(
        update={"assays": {**plan.assays, "olink": separated.cohorts["modena"].assays["olink"]}}
    )
    porto = plan.model_copy(update={"prefix": "POR"})
    world = separated.model_copy(
        update={"cohorts": {"porto": porto, **separated.cohorts, "athens": more}}
    )
    wider = simulate.draw(world, 1)
    for name, cohort in study.cohorts.items():
        pd.testing.assert_frame_equal(cohort.clinical, wider.cohorts[name].clinical)
        for assay, data in cohort.assays.items():
            pd.testing.assert_frame_equal(data.values, wider.cohorts[name].assays[assay].values)
    same_plan = (wider.cohorts[name].latent.axes for name in ("porto", "athens"))
    assert not np.array_equal(*same_plan)


def test_a_stream_of_cohorts_is_the_study(separated: World, study: SimulatedStudy) -> None:
    for cohort in simulate.stream_cohorts(separated, 1):
        pd.testing.assert_frame_equal(cohort.clinical, study.cohorts[cohort.name].clinical)


def test_another_seed_is_another_study(separated: World, study: SimulatedStudy) -> None:
    other = simulate.draw(separated, 2)
    assert not other.cohorts["jena"].clinical.equals(study.cohorts["jena"].clinical)


def test_arms_follow_the_trial(large: SimulatedStudy) -> None:
    table = large.cohorts["athens"].clinical
    mals = table["ferritin"] > 4420
    sip = (table["ferritin"] <= 4420) & (table["hla_dr"] < 5000)
    assert set(table.loc[mals, "treatment"]) == {"placebo", "anakinra"}
    assert set(table.loc[sip, "treatment"]) == {"placebo", "interferon_gamma"}
    assert set(table.loc[~mals & ~sip, "treatment"]) == {"none"}
    assert mals.mean() == pytest.approx(0.20, abs=0.03)
    fell = table["sofa_day0"] - table["sofa_day9"] >= 1.4
    treated = table["treatment"].isin(["anakinra", "interferon_gamma"])
    assert fell[treated].mean() == pytest.approx(0.351, abs=0.06)
    assert fell[table["treatment"] == "placebo"].mean() == pytest.approx(0.179, abs=0.05)


def test_outcome(large: SimulatedStudy) -> None:
    for name, cohort in large.cohorts.items():
        table, plan = cohort.clinical, large.world.cohorts[name]
        assert cohort.death_probability.mean() == pytest.approx(plan.mortality)
        assert table["death_28d"].mean() == pytest.approx(plan.mortality, abs=0.04)
        assert 0.69 < roc_auc_score(table["death_28d"], cohort.death_probability) < 0.76
        gone = (table["death_28d"] == 1) & (table["time_28d"] <= 9)
        assert table.loc[gone, "sofa_day9"].isna().all()
        assert (table.loc[table["death_28d"] == 0, "time_28d"] == 28).all()


def test_latent_axes_and_fractions(large: SimulatedStudy) -> None:
    latent = large.cohorts["athens"].latent
    assert np.corrcoef(latent.axes.T)[0, 1] == pytest.approx(0.58, abs=0.12)
    np.testing.assert_allclose(latent.fractions.sum(axis=1), 1.0)
    low, high = np.quantile(latent.fractions, [0.025, 0.975], axis=0)
    assert low[0] > 0.55
    assert high[0] < 0.95
    assert low[1] > 0.01
    assert high[1] < 0.35


def test_sicker_patients_are_sampled_more_often(large: SimulatedStudy) -> None:
    cohort = large.cohorts["athens"]
    for data in cohort.assays.values():
        has = np.zeros(len(cohort.clinical), dtype=bool)
        has[data.rows] = True
        assert 0.7 < has.mean() < 0.9
        score = cohort.clinical["sofa_day0"].to_numpy()
        assert score[has].mean() > score[~has].mean()


def test_trial_biomarkers_are_nearly_independent_of_the_axes(large: SimulatedStudy) -> None:
    cohort = large.cohorts["athens"]
    axes = pd.DataFrame(cohort.latent.axes, index=cohort.clinical.index)
    for name, limit in (("ferritin", 0.25), ("hla_dr", 0.1)):
        ranks = axes.corrwith(cohort.clinical[name], method="spearman")
        assert (ranks.abs() < limit).all()


def test_in_the_null_world_death_ignores_all_but_age() -> None:
    world = simulate.load_world("null")
    plan = world.cohorts["athens"].model_copy(update={"patients": 3000})
    few = world.expression.model_copy(update={"genes": 400})
    world = world.model_copy(update={"cohorts": {"athens": plan}, "expression": few})
    cohort = simulate.draw(world, 1).cohorts["athens"]
    risk = pd.Series(cohort.death_probability)
    assert risk.corr(cohort.clinical["age"].reset_index(drop=True), method="spearman") > 0.999
