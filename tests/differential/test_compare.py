import numpy as np
import pandas as pd
import pytest
from scipy import stats

from immunosep_omics.differential import META, compare
from immunosep_omics.settings.analysis import Contrast, Differential
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.repeats import Repeats

ILL = {"ill": Contrast(column="group", level="ill", versus="well").model_dump()}
CHOICES = Differential().model_dump()


def test_planted_genes_are_found_and_others_are_not(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b", "c"], effect=1.5)
    table, status = compare(assays, clinical, one_endotype(clinical), ILL, False, "rna", CHOICES)
    meta = table[table["cohort"] == META].set_index("gene")
    planted = [f"G{number}" for number in range(10)]
    assert (meta.loc[planted, "fdr"] < 0.05).all()
    assert (meta.drop(index=planted)["fdr"] < 0.05).mean() < 0.1
    assert meta.loc[planted, "effect"].mean() == pytest.approx(1.5, abs=0.25)
    assert set(meta["cohorts"]) == {3}
    assert status["answered"].tolist() == ["yes"]


def test_one_cohort_with_vast_prior_is_near_the_ordinary_t(cohort, one_endotype):
    assay, clinical = cohort("a", patients=60, genes=400)
    table, _ = compare([assay], clinical, one_endotype(clinical), ILL, False, "rna", CHOICES)
    own = table[table["cohort"] == "a"]
    ill = (clinical["group"] == "ill").to_numpy()
    plain = stats.ttest_ind(assay.X[ill], assay.X[~ill])
    assert np.corrcoef(own["t"], plain.statistic)[0, 1] > 0.99
    np.testing.assert_allclose(
        own["estimate"], assay.X[ill].mean(axis=0) - assay.X[~ill].mean(axis=0), rtol=1e-10
    )


def test_with_one_cohort_its_own_test_is_the_answer(cohort, one_endotype):
    assay, clinical = cohort("a", effect=1.0)
    table, _ = compare([assay], clinical, one_endotype(clinical), ILL, False, "rna", CHOICES)
    meta, own = (table[table["cohort"] == name].set_index("gene") for name in (META, "a"))
    np.testing.assert_allclose(meta["p"], own["p"])
    assert meta[["tau2", "prediction_low"]].isna().all().all()


def test_flipping_a_contrast_flips_effects_and_keeps_p(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b"], effect=0.7, missing=0.1)
    flipped = {"ill": ILL["ill"] | {"level": "well", "versus": "ill"}}
    one, _ = compare(assays, clinical, one_endotype(clinical), ILL, False, "rna", CHOICES)
    other, _ = compare(assays, clinical, one_endotype(clinical), flipped, False, "rna", CHOICES)
    np.testing.assert_allclose(one["effect"], -other["effect"], atol=1e-10)
    np.testing.assert_allclose(one["p"], other["p"], rtol=1e-8)


def test_found_endotypes_are_descriptive_and_given_ones_are_tested(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b"])
    labels = np.where(clinical["group"] == "ill", "E2", "E1")
    for given, claim in ((False, "descriptive"), (True, "tested")):
        table, _ = compare(
            assays, clinical, one_endotype(clinical, labels), {}, given, "rna", CHOICES
        )
        assert set(table["contrast"]) == {"E1_versus_rest", "E2_versus_rest"}
        assert set(table["claim"]) == {claim}
        assert table["fdr"].notna().any() == given


def test_repeated_samples_correlate_and_do_not_count_as_independent(cohort, one_endotype):
    assay, clinical = cohort("a", patients=20, repeats=3)
    choices = CHOICES | {"repeated": "correlation"}
    table, status = compare([assay], clinical, one_endotype(clinical), ILL, False, "rna", choices)
    patient = np.unique(clinical["patient"], return_inverse=True)[1]
    ill = (clinical["group"] == "ill").to_numpy(dtype=float)
    design = np.column_stack([np.ones(60), ill])
    found = repeat_correlation(assay.X, design, patient).correlation
    fit = moderate(fit_linear(assay.X, design, repeats=Repeats(patient, found)))
    np.testing.assert_allclose(table.loc[table["cohort"] == "a", "p"], fit.p[1], rtol=1e-8)
    assert set(table["claim"]) == {"tested"}
    assert (
        f"60 samples of 20 patients, whose own samples correlate by {found:.2f}"
        in (status["reason"].iloc[0])
    )


def test_a_cohort_with_one_side_only_is_left_out_with_its_reason(cohorts, cohort, one_endotype):
    assays, clinical = cohorts(["a", "b"], effect=1.0)
    only, rest = cohort("c", share=0.0)
    clinical = pd.concat([clinical, rest], ignore_index=True)
    table, status = compare(
        [*assays, only], clinical, one_endotype(clinical), ILL, False, "rna", CHOICES
    )
    assert "c" not in set(table["cohort"])
    assert status["answered"].tolist() == ["partly"]
    assert "c: 0 against" in status["reason"].iloc[0]


def test_a_contrast_confounded_with_a_covariate_is_refused(cohort, one_endotype):
    assay, clinical = cohort("a")
    clinical["site"] = clinical["group"]
    asked = {"ill": ILL["ill"] | {"adjust": ["site"]}}
    table, status = compare([assay], clinical, one_endotype(clinical), asked, False, "rna", CHOICES)
    assert table.empty
    assert "the groups are fixed by site" in status["reason"].iloc[0]


def test_a_missing_value_touches_no_other_gene(cohort, one_endotype):
    assay, clinical = cohort("a")
    before, _ = compare([assay], clinical, one_endotype(clinical), ILL, False, "rna", CHOICES)
    broken = assay.copy()
    broken.X[:5, 0] = np.nan
    after, _ = compare([broken], clinical, one_endotype(clinical), ILL, False, "rna", CHOICES)
    same = before["gene"] != "G0"
    np.testing.assert_allclose(after.loc[same, "estimate"], before.loc[same, "estimate"])


def test_p_values_are_uniform_where_nothing_is_planted(cohorts, one_endotype):
    assays, clinical = cohorts(["a", "b", "c"], genes=2000, seed=5)
    table, _ = compare(assays, clinical, one_endotype(clinical), ILL, False, "rna", CHOICES)
    for name in ("a", META):
        share = (table.loc[table["cohort"] == name, "p"] < 0.05).mean()
        assert share == pytest.approx(0.05, abs=0.015)
