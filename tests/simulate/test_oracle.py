import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal
from sklearn.metrics import adjusted_rand_score

from immunosep_omics import simulate
from immunosep_omics.simulate import SimulatedStudy, World
from immunosep_omics.simulate.oracle import _linearise, _readings, _slots
from immunosep_omics.simulate.patients import endotype_means


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_groups_are_there_to_be_found(separated: World, seed: int) -> None:
    study = simulate.draw(separated, seed)
    best = simulate.bayes_oracle(study)
    truth = np.concatenate([cohort.endotypes for cohort in study.cohorts.values()])
    measured = (best["assays"] > 0).to_numpy()
    assert adjusted_rand_score(truth[measured], best["endotype"][measured]) > 0.9


def test_probabilities_mean_what_they_say(large: SimulatedStudy) -> None:
    """Patients without omics have the shares; the others' probabilities are calibrated."""
    cohort = large.cohorts["modena"]
    best = simulate.oracle_of_cohort(cohort)
    names = list(large.world.endotypes)
    probability = best[[f"probability_{name}" for name in names]].to_numpy()
    np.testing.assert_allclose(probability.sum(axis=1), 1.0)
    none = (best["assays"] == 0).to_numpy()
    np.testing.assert_allclose(
        probability[none], np.tile(cohort.latent.shares, (none.sum(), 1)), rtol=1e-6
    )
    right = best["endotype"].to_numpy() == cohort.endotypes
    assert right[~none].mean() == pytest.approx(probability[~none].max(axis=1).mean(), abs=0.02)


def test_integration_equals_the_dense_normal_density(study: SimulatedStudy) -> None:
    cohort = study.cohorts["modena"]
    only = {"olink": cohort.assays["olink"]}
    cohort = simulate.SimulatedCohort(**{**vars(cohort), "assays": only})
    data, slots = only["olink"], _slots(cohort)
    values, used = _readings(data)
    density = []
    for k, centre in enumerate(endotype_means(cohort.world)):
        model = _linearise(cohort, data, slots, slots.offsets["olink"], centre, k)
        covariance = model.loadings @ slots.prior @ model.loadings.T + np.diag(model.variance)
        density.append(multivariate_normal(model.mean, covariance).logpdf(values[:, used]))
    log = np.array(density).T + np.log(cohort.latent.shares)
    expected = np.exp(log - log.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    found = simulate.oracle_of_cohort(cohort).filter(like="probability").to_numpy()[data.rows]
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_a_continuum_has_axes_but_no_classes() -> None:
    study = simulate.draw(simulate.load_world("continuum"), 1)
    best = simulate.bayes_oracle(study)
    assert "endotype" not in best
    axes = pd.DataFrame(np.concatenate([c.latent.axes for c in study.cohorts.values()]))
    measured = best["assays"] > 0
    for axis, name in enumerate(("axis_myeloid", "axis_lymphoid")):
        assert axes[axis][measured].corr(best[name][measured]) > 0.95


def test_nothing_can_be_known_in_the_null_world() -> None:
    best = simulate.bayes_oracle(simulate.draw(simulate.load_world("null"), 1))
    assert list(best) == ["cohort", "patient", "sample", "assays"]
