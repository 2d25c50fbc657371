"""The pipeline's answers are those of the kernels that agree with R (tests/golden)."""

from math import comb

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.assay import EFFECTIVE_SIZE, make_assay
from immunosep_omics.differential import META, compare
from immunosep_omics.differential.negative_binomial import estimate_negative_binomial
from immunosep_omics.differential.problem import Problem
from immunosep_omics.settings.analysis import Contrast, Differential
from immunosep_omics.stats.f_test import design_without, f_test
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.mixed_model import fit_mixed
from immunosep_omics.stats.natural_spline import natural_spline, natural_spline_knots
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.testing import fisher_combined
from immunosep_omics.stats.treat import treat
from immunosep_omics.stats.voom import voom

SAMPLES = 24
ILL = np.repeat([1.0, 0.0], SAMPLES // 2)
AGE = np.random.default_rng(4).normal(60, 10, SAMPLES)
DESIGN = np.column_stack([np.ones(SAMPLES), ILL, (AGE - AGE.mean()) / AGE.std(ddof=1)])


def clinical(cohort="a", **columns):
    names = [f"s{n}" for n in range(SAMPLES)]
    stated = {"ill": ILL, "age": AGE, "site": ["x", "y", "z"] * (SAMPLES // 3)} | columns
    return pd.DataFrame({"sample": names, "patient": names, "cohort": cohort, **stated})


def assay(values, cohort="a", counts=None, sizes=None):
    names = [f"s{n}" for n in range(SAMPLES)]
    genes = [f"G{n}" for n in range(values.shape[1])]
    obs = pd.DataFrame({"patient": names, "cohort": cohort}, index=names)
    if counts is not None:
        obs[EFFECTIVE_SIZE] = sizes
        counts = pd.DataFrame(counts, index=names, columns=genes)
    var = pd.DataFrame({"feature": genes}, index=genes)
    return make_assay(
        pd.DataFrame(values, index=names, columns=genes), obs, var,
        cohort=cohort, assay="rna", kind="rna_counts", scale="log2", counts=counts,
    )  # fmt: skip


def normal(seed=1, features=40):
    return np.random.default_rng(seed).normal(size=(SAMPLES, features))


def ask(assays, tables, choices=None, **stated):
    rows = pd.concat(tables, ignore_index=True)
    endotypes = rows[["sample", "patient", "cohort"]].assign(endotype="E1")
    asked = {"q": Contrast(**stated).model_dump(mode="json")}
    chosen = Differential(**(choices or {})).model_dump(mode="json")
    return compare(assays, rows, endotypes, asked, False, "rna", chosen)


def own(table, cohort="a"):
    return table[table["cohort"] == cohort]


GROUPS = {"column": "ill", "level": 1, "versus": 0, "adjust": ["age"]}


def test_counts_enter_by_voom():
    generator = np.random.default_rng(2)
    counts = generator.negative_binomial(5, 0.05, size=(SAMPLES, 50)).astype(float)
    sizes = counts.sum(axis=1) * generator.uniform(0.9, 1.1, SAMPLES)
    given = assay(np.log2(counts + 2), counts=counts, sizes=sizes)
    table, _ = ask([given], [clinical()], **GROUPS)
    found = voom(counts, DESIGN, sizes)
    expected = moderate(fit_linear(found.log_cpm, DESIGN, found.weights))
    np.testing.assert_allclose(own(table)["p"], expected.p[1], rtol=1e-9)
    plain, _ = ask([given], [clinical()], {"counts": "log_cpm"}, **GROUPS)
    unweighted = moderate(fit_linear(np.log2(counts + 2), DESIGN))
    np.testing.assert_allclose(own(plain)["p"], unweighted.p[1], rtol=1e-9)


def counted(changed=1.0):
    generator = np.random.default_rng(3)
    expected = np.exp(generator.normal(4.5, 1, 60)) * np.ones((SAMPLES, 1))
    expected[:, :10] *= 2 ** (changed * ILL[:, None])
    expected *= np.exp(generator.normal(0, 0.3, (SAMPLES, 1)))
    counts = generator.negative_binomial(4, 4 / (4 + expected)).astype(float)
    sizes = counts.sum(axis=1)
    log_cpm = np.log2((counts + 0.5) / (sizes[:, None] + 1) * 1e6)
    return assay(log_cpm, counts=counts, sizes=sizes)


def test_counts_enter_a_negative_binomial_model():
    given = counted(changed=2.0)
    choices = {"counts": "negative_binomial"}
    table, _ = ask([given], [clinical()], choices, **GROUPS)
    counts, sizes = given.layers["counts"], given.obs[EFFECTIVE_SIZE].to_numpy()
    problem = Problem(given.X, DESIGN, np.eye(3)[:, [1]], counts=counts, sizes=sizes)
    expected = estimate_negative_binomial(problem, 0.0)
    np.testing.assert_allclose(own(table)["p"], expected.p, rtol=1e-4)
    assert set(own(table)["df"]) == {SAMPLES - 3}
    assert (own(table)["p"].iloc[:10] < 0.05).mean() > 0.7
    large, _ = ask([given], [clinical()], choices, **GROUPS, beyond=0.8)
    assert (own(large)["p"] >= own(table)["p"]).all()


@pytest.mark.parametrize("counts", ["voom", "log_cpm", "negative_binomial"])
def test_the_effect_is_in_standard_deviations_of_samples(counts):
    """Whatever the precision of each value: cohorts of other platforms are pooled with it."""
    given = counted(changed=0)
    table, _ = ask([given], [clinical()], {"counts": counts}, column="ill", level=1, versus=0)
    plain = fit_linear(given.X, DESIGN[:, :2])
    expected = 1 / np.sqrt(moderate(plain).variance_posterior)
    ratio = own(table)["effect"] / own(table)["estimate"]
    assert np.median(ratio / expected) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("stated", "repeats", "reason"),
    [
        ({"column": "age", "curve": 3}, 1, "answer one question at a time"),
        (GROUPS, 2, "take one sample per patient"),
    ],
)
def test_what_a_negative_binomial_model_cannot_answer(stated, repeats, reason):
    given, table = repeated(counted(), repeats)
    _, status = ask([given], [table], {"counts": "negative_binomial"}, **stated)
    assert reason in status["reason"].iloc[0]


def repeated(given, repeats):
    """The same samples, so many of one patient after each other."""
    given.obs["patient"] = [f"p{n // repeats}" for n in range(SAMPLES)]
    return given, clinical().assign(patient=given.obs["patient"].to_numpy())


def test_a_mixed_model_of_repeated_samples():
    values = normal() + np.repeat(normal(2)[: SAMPLES // 2], 2, axis=0)
    given, table = repeated(assay(values), 2)
    found, status = ask([given], [table], {"repeated": "mixed"}, **GROUPS)
    block = np.repeat(np.arange(SAMPLES // 2), 2)
    expected = fit_mixed(values, DESIGN, np.eye(3)[:, [1]], block)
    np.testing.assert_allclose(own(found)["p"], expected.p[0], rtol=1e-6)
    np.testing.assert_allclose(own(found)["df"], expected.df[0], rtol=1e-6)
    alike = int(expected.at_boundary.sum())
    assert status["reason"].iloc[0] == (
        "a: 24 samples of 12 patients, a mixed model per feature: 40 of 40 converged, in"
        f" {alike} of them patients differ no more than samples do"
    )


def test_several_questions_of_repeated_samples_share_a_correlation():
    given, table = repeated(assay(normal()), 2)
    mixed, status = ask([given], [table], {"repeated": "mixed"}, column="age", curve=3)
    shared, _ = ask([given], [table], {"repeated": "correlation"}, column="age", curve=3)
    pd.testing.assert_frame_equal(mixed, shared)
    assert "whose own samples correlate by" in status["reason"].iloc[0]


@pytest.mark.parametrize("robust", [False, True])
def test_trend_and_robust(robust):
    values = normal() * np.linspace(0.5, 2, 40) + np.linspace(2, 12, 40)
    table, _ = ask([assay(values)], [clinical()], {"trend": True, "robust": robust}, **GROUPS)
    expected = moderate(fit_linear(values, DESIGN), values.mean(axis=0), robust)
    np.testing.assert_allclose(own(table)["p"], expected.p[1], rtol=1e-9)


def moving_together(factors, features):
    """Values of which common factors make half the variance."""
    rng = np.random.default_rng(3)
    loading = rng.normal(size=(factors, features))
    common = rng.normal(size=(SAMPLES, factors)) @ (loading / np.linalg.norm(loading, axis=0))
    return common + rng.normal(size=(SAMPLES, features))


@pytest.mark.parametrize("factors, refused, noted", [(2, True, False), (8, False, True)])
def test_sample_weights_need_features_that_do_not_move_together(factors, refused, noted):
    values = moving_together(factors, 400)
    table, status = ask([assay(values)], [clinical()], {"sample_weights": True}, **GROUPS)
    reasons = " ".join(status["reason"].fillna(""))
    assert own(table).empty == refused
    assert ("weights of samples need 35" in reasons) == refused
    assert ("up to 8 %" in reasons) == noted
    assert "independent ones" in reasons


def test_sample_weights_of_repeated_samples_are_judged_too():
    values = moving_together(2, 400)
    given, rows = repeated(assay(values), 2)
    table, status = ask([given], [rows], {"sample_weights": True}, **GROUPS)
    assert own(table).empty
    assert "weights of samples need 35" in " ".join(status["reason"].fillna(""))


def test_samples_of_poor_quality_count_less():
    values = normal(features=120)
    values[3] *= 4
    table, _ = ask([assay(values)], [clinical()], {"sample_weights": True}, **GROUPS)
    fit = fit_linear(values, DESIGN, sample_weights(values, DESIGN))
    np.testing.assert_allclose(own(table)["p"], moderate(fit).p[1], rtol=1e-6)


def test_a_slope_is_per_unit_of_its_column():
    values = normal()
    values[:, 0] += 0.3 * AGE
    table, _ = ask([assay(values)], [clinical()], column="age")
    assert own(table)["estimate"].iloc[0] == pytest.approx(0.3, abs=0.05)
    assert own(table)[["n_level", "n_versus"]].isna().all(axis=None)
    assert set(own(table)["n"]) == {SAMPLES}


def test_a_curve_is_tested_by_f():
    values = normal()
    table, _ = ask([assay(values)], [clinical()], column="age", curve=3)
    basis = natural_spline(AGE, natural_spline_knots(AGE, 4))
    contrasts = np.eye(4)[:, 1:]
    full, reduced = fit_linear(values, basis), fit_linear(values, design_without(basis, contrasts))
    expected = f_test(full, reduced, moderate(full))
    np.testing.assert_allclose(own(table)["f"], expected.f, rtol=1e-8)
    np.testing.assert_allclose(own(table)["p"], expected.p, rtol=1e-8)
    assert own(table)["estimate"].isna().all()


def test_any_difference_between_levels():
    values = normal()
    table, _ = ask([assay(values)], [clinical()], column="site", level="any")
    assert set(own(table)["f_df"]) == {2}


def test_each_level_is_answered():
    table, status = ask([assay(normal())], [clinical()], column="site", level="each")
    assert list(dict.fromkeys(table["contrast"])) == ["q_x", "q_y", "q_z"]
    assert set(table["family"]) == {"q"}
    assert status["answered"].tolist() == ["yes"] * 3


def test_a_formula_with_an_interaction():
    values = normal()
    table, _ = ask([assay(values)], [clinical()], formula="~ ill * age", estimate="ill:age")
    design = np.column_stack([np.ones(SAMPLES), ILL, AGE, ILL * AGE])
    expected = moderate(fit_linear(values, design))
    np.testing.assert_allclose(own(table)["estimate"], expected_coefficient(values, design))
    np.testing.assert_allclose(own(table)["p"], expected.p[3], rtol=1e-7)


def expected_coefficient(values, design):
    return np.linalg.lstsq(design, values, rcond=None)[0][3]


def test_a_difference_beyond_what_matters():
    values = normal()
    values[ILL == 1, 0] += 3
    table, _ = ask([assay(values)], [clinical()], **GROUPS, beyond=1)
    fit = fit_linear(values, DESIGN)
    expected = treat(fit, moderate(fit), 1).p[1]
    np.testing.assert_allclose(own(table)["p"], expected, rtol=1e-9)


def test_cohorts_answer_questions_without_one_estimate_together():
    values = [normal(1), normal(2)]
    table, _ = ask(
        [assay(values[0]), assay(values[1], "b")], [clinical(), clinical("b")],
        column="site", level="any",
    )  # fmt: skip
    expected = fisher_combined(np.array([own(table)["p"], own(table, "b")["p"]]))
    np.testing.assert_allclose(own(table, META)["p"], expected)
    assert own(table, META)["effect"].isna().all()


def test_what_is_left_beside_the_composition_of_cells():
    values, cells = normal(), np.random.default_rng(8).normal(size=SAMPLES)
    cells += 2 * ILL
    values[:, 0] += 2 * cells
    tables = [clinical(cells=cells), clinical("b")]
    table, status = ask(
        [assay(values), assay(normal(2), "b")], tables, {"composition": ["cells"]}, **GROUPS
    )
    first = own(table).iloc[0]
    assert first["p"] < 1e-4 < 0.01 < first["composition_p"]
    design = np.column_stack([DESIGN, cells])
    expected = moderate(fit_linear(values, design)).p[1]
    np.testing.assert_allclose(own(table)["composition_p"], expected, rtol=1e-7)
    assert own(table, "b")["composition_p"].isna().all()
    assert "b: the composition of cells is not known" in status["reason"].iloc[0]


def test_surrogate_variables_take_up_what_nobody_wrote_down():
    generator = np.random.default_rng(3)
    hidden = generator.normal(size=SAMPLES) + 1.5 * ILL
    values = normal(features=200) + np.outer(hidden, generator.normal(size=200) * 2)
    plain, _ = ask([assay(values)], [clinical()], **GROUPS)
    table, status = ask([assay(values)], [clinical()], {"surrogate_variables": 1}, **GROUPS)
    assert "adjusted for 1 surrogate variable" in status["reason"].iloc[0]
    assert (own(table)["p"] < 0.05).mean() < 0.1 < 0.3 < (own(plain)["p"] < 0.05).mean()


def test_factors_of_control_genes_take_up_the_same():
    generator = np.random.default_rng(3)
    hidden = generator.normal(size=SAMPLES) + 1.5 * ILL
    values = normal(features=200) + np.outer(hidden, generator.normal(size=200) * 2)
    values[:, :30] += 2 * ILL[:, None]
    controls = [f"G{number}" for number in range(150, 200)]
    choices = {"surrogate_variables": 1, "control_genes": controls}
    table, status = ask([assay(values)], [clinical()], choices, **GROUPS)
    assert "adjusted for 1 factor of 50 control genes" in status["reason"].iloc[0]
    p = own(table)["p"].to_numpy()
    assert (p[:30] < 0.05).mean() > 0.9
    assert (p[30:150] < 0.05).mean() < 0.12
    choices["control_genes"] = ["ACTB"]
    _, status = ask([assay(values)], [clinical()], choices, **GROUPS)
    assert "fewer usable control features, or samples, than factors" in status["reason"].iloc[0]


def test_surrogate_variables_need_features_without_gaps():
    values = normal()
    values[0] = np.nan
    table, status = ask([assay(values)], [clinical()], {"surrogate_variables": 1}, **GROUPS)
    assert table.empty
    assert "need 20 features without missing values, and there are 0" in status["reason"].iloc[0]


def test_any_difference_where_a_cohort_lacks_a_level():
    """The same F-test as of the levels that are there."""
    values, rows = [normal(1), normal(2)], [clinical(), clinical("b")]
    rows[1]["site"] = ["y", "z"] * (SAMPLES // 2)
    table, _ = ask([assay(values[0]), assay(values[1], "b")], rows, column="site", level="any")
    site = (rows[1]["site"] == "z").to_numpy(dtype=float)
    fit = moderate(fit_linear(values[1], np.column_stack([np.ones(SAMPLES), site])))
    np.testing.assert_allclose(own(table, "b")["f"], fit.t[1] ** 2, rtol=1e-8)
    assert set(own(table, "b")["f_df"]) == {1}


def test_features_of_a_hypothesis_are_corrected_among_themselves():
    values = normal()
    table, _ = ask([assay(values)], [clinical()], **GROUPS, features=["G3", "G5"])
    assert own(table)["gene"].tolist() == ["G3", "G5"]
    whole, _ = ask([assay(values)], [clinical()], **GROUPS)
    np.testing.assert_allclose(own(table)["p"], own(whole)["p"].iloc[[3, 5]])
    assert (own(table)["fdr"] <= 2 * own(table)["p"] + 1e-12).all()


def test_features_that_were_not_measured_are_named():
    given = [assay(normal())]
    table, status = ask(given, [clinical()], **GROUPS, features=["G3", "G-5"])
    assert own(table)["gene"].tolist() == ["G3"]
    assert "not measured: G-5" in status["reason"].iloc[0]
    table, status = ask(given, [clinical()], **GROUPS, features=["IL6"])
    assert table.empty
    assert status["reason"].tolist() == ["a: none of its features was measured"]


def test_a_feature_that_one_group_lacks_is_found_by_its_detection():
    values = normal()
    values[ILL == 0, 0] = np.nan
    values[::3, 1] = np.nan
    tables, assays = [clinical(), clinical("b")], [assay(values), assay(values, "b")]
    table, _ = ask(assays, tables, column="ill", level=1, versus=0)
    first = own(table).iloc[0]
    assert np.isnan(first["p"])
    assert first["detection_p"] == pytest.approx(2 / comb(24, 12))
    assert first["detection_log2_odds"] == np.inf
    over = own(table, META).iloc[0]
    assert over["detection_p"] == pytest.approx(2 / comb(24, 12) ** 2)
    assert np.isnan(own(table)["detection_p"].iloc[2])


def test_detection_is_compared_among_samples_that_are_alike():
    values = normal()
    site = np.where(ILL == 1, "x", "y")
    site[[0, 1, 12, 13]] = ["y", "y", "x", "x"]
    values[site == "y", 0] = np.nan
    table, _ = ask(
        [assay(values)], [clinical(site=site)], column="ill", level=1, versus=0, adjust=["site"]
    )
    assert np.isnan(own(table)["detection_p"].iloc[0])
    plain, _ = ask([assay(values)], [clinical(site=site)], column="ill", level=1, versus=0)
    assert own(plain)["detection_p"].iloc[0] < 0.01
