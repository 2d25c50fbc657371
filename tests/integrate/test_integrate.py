import numpy as np
import pandas as pd
import pytest

from immunosep_omics.integrate import integrate

MFA = {"method": "mfa", "factors": 5}
NOTHING = {"contrasts": {}, "event": None, "labels": None}


def _study(cohort, apply=False):
    """Two cohorts with two omics each, a third with one."""
    made = {
        (name, assay): cohort(name, assay=assay, effect=2.0, genes=80)
        for name in ("a", "b", "c")
        for assay in ("rna", "proteome")
        if (name, assay) != ("c", "rna")
    }
    clinical = pd.concat([made[name, "proteome"][1] for name in ("a", "b", "c")])
    return [assay for assay, _ in made.values()], clinical.reset_index(drop=True)


def _integrate(assays, clinical, discover_in=("a", "b", "c"), samples="earliest"):
    return integrate(
        assays, clinical, discover_in, samples, {"method": "within_cohort_z"}, MFA, ["rna"],
        NOTHING, clinical,
    )  # fmt: skip


def test_every_patient_has_factors_whatever_was_measured(cohort):
    assays, clinical = _study(cohort)
    result = _integrate(assays, clinical)
    assert len(result.factors) == len(clinical)
    assert result.factors.filter(like="factor_").notna().all().all()
    assert set(result.factors["omics"]) == {"rna+proteome", "proteome"}
    shares = result.shares.groupby("assay")["share"].sum()
    assert ((shares > 0) & (shares < 1)).all()


def test_the_planted_difference_is_the_first_factor(cohort):
    assays, clinical = _study(cohort)
    factors = _integrate(assays, clinical).factors.merge(clinical, on=["sample", "cohort"])
    difference = factors.groupby("group")["factor_1"].mean()
    assert abs(difference["ill"] - difference["well"]) > 1.0


def test_a_cohort_that_is_only_placed_changes_nothing(cohort):
    assays, clinical = _study(cohort)
    alone = _integrate([a for a in assays if a.uns["cohort"] != "c"],
                       clinical[clinical["cohort"] != "c"], ("a", "b"))  # fmt: skip
    fewer = [a[:, :40].copy() if a.uns["cohort"] == "c" else a for a in assays]
    for others in (assays, fewer):
        both = _integrate(others, clinical, ("a", "b"))
        inside = both.factors["cohort"] != "c"
        assert set(both.factors.loc[~inside, "part"]) == {"applied"}
        pd.testing.assert_frame_equal(both.factors[inside], alone.factors)


def test_one_sample_per_patient_is_the_earliest_with_data(cohort):
    assay, clinical = cohort("a", patients=15, repeats=3)
    clinical["hours"] = np.tile([24.0, 0.0, 48.0], 15)
    first = clinical["sample"].iloc[1]
    without = assay[assay.obs_names != first].copy()
    result = _integrate([without], clinical, ("a",))
    assert result.factors["patient"].is_unique
    chosen = dict(zip(result.factors["patient"], result.factors["sample"], strict=True))
    assert chosen["p1"] == clinical.loc[clinical["patient"] == "p1", "sample"].iloc[1]
    assert chosen["p0"] == clinical["sample"].iloc[0]


def test_too_little_data_is_an_answer_not_a_failure(cohort):
    assay, clinical = cohort("a", patients=3)
    result = _integrate([assay], clinical, ("a",))
    assert len(result.factors) == 3
    assert result.status.loc[0, "answered"] == "no"


def test_an_axis_without_its_genes_has_a_reason(cohort):
    assays, clinical = _study(cohort)
    status = _integrate(assays, clinical).status.set_index("question")
    assert "genes" in status.loc["axis myeloid", "reason"]


@pytest.mark.parametrize("missing", [0.0, 0.5])
def test_an_axis_is_recovered_also_without_rna(cohort, missing):
    from immunosep_omics.transforms.axis import fit_axis, shipped_signatures

    generator = np.random.default_rng(1)
    truth = generator.normal(size=200)
    signature = shipped_signatures()["lymphoid"]
    genes = list(signature.down)
    values = pd.DataFrame(
        -truth[:, None] + 2 * generator.normal(size=(200, len(genes))), columns=genes
    )
    scores = pd.DataFrame({"factor_1": truth + 0.3 * generator.normal(size=200)})
    axis = fit_axis(values, scores, signature)
    lacking = generator.random(200) < missing
    values[lacking] = np.nan
    assert np.corrcoef(axis.apply(values, scores), truth)[0, 1] > 0.9
