import numpy as np
import pytest

from immunosep_omics.simulate import SimulatedStudy
from immunosep_omics.simulate.assays import composition
from immunosep_omics.simulate.biology import LN2
from immunosep_omics.simulate.oracle import _composition_slope


def test_counts_have_the_planted_dispersion(large: SimulatedStudy) -> None:
    """Given each sample's mean, (variance - mean) / mean^2 is the gene's dispersion."""
    cohort = large.cohorts["athens"]
    data = cohort.assays["rna"]
    depth = np.log2(data.samples["depth"].to_numpy() / large.world.sequencing.depth)
    mean = 2.0 ** (
        data.law.layer.level + data.law.deviation(cohort.latent, data.rows) + depth[:, None]
    )
    counts = data.values.to_numpy()
    excess = (((counts - mean) ** 2 - mean) / mean**2).mean(axis=0)
    planted = (LN2 * data.law.residual_sd) ** 2
    common = data.law.layer.level > 7
    assert np.median(excess[common] / planted[common]) == pytest.approx(1.0, abs=0.05)
    assert np.median(counts[:, common].mean(axis=0) / mean[:, common].mean(axis=0)) == (
        pytest.approx(1.0, abs=0.02)
    )


def test_weak_proteins_are_missing_most(large: SimulatedStudy) -> None:
    values = large.cohorts["athens"].assays["proteome"].values
    missing = values.isna().mean()
    level = large.cohorts["athens"].assays["proteome"].law.layer.level
    assert 0.2 < missing.mean() < 0.5
    assert np.corrcoef(missing, level)[0, 1] < -0.8
    assert (values.min().dropna() > 0).all()


def test_run_order_drifts(large: SimulatedStudy) -> None:
    data = large.cohorts["athens"].assays["proteome"]
    run = data.samples["run"].to_numpy()
    drift = data.law.known[run.argmax()] - data.law.known[run.argmin()]
    log = np.log2(data.values)
    late = run > np.median(run)
    seen = (log[late].mean() - log[~late].mean()).to_numpy()
    complete = (data.values.isna().mean() < 0.1).to_numpy()
    assert np.corrcoef(seen[complete], drift[complete])[0, 1] > 0.9


def test_plates_shift_and_weak_assays_stay_near_the_limit(study: SimulatedStudy) -> None:
    data = study.cohorts["nijmegen"].assays["olink"]
    plate = data.samples["plate"]
    assert set(plate) == {1, 2}
    limits = data.features[["lod_plate1", "lod_plate2"]].to_numpy()
    shift = data.values[plate == 2].median() - data.values[plate == 1].median()
    assert np.corrcoef(shift, limits[:, 1] - limits[:, 0])[0, 1] > 0.3
    below = (data.values.to_numpy() < limits[:, plate.to_numpy() - 1].T).mean(axis=0)
    assert 0.02 < (below > 0.5).mean() < 0.4
    assert not data.values.isna().any(axis=None)


@pytest.mark.parametrize("cohort", ["jena", "nijmegen", "athens"])
def test_the_instruments_slope_is_its_derivative(study: SimulatedStudy, cohort: str) -> None:
    assay = "olink" if cohort == "nijmegen" else "rna"
    law = study.cohorts[cohort].assays[assay].law
    level, step = law.layer.level, 1e-5
    _, slope = law.respond(level)
    numeric = (law.respond(level + step)[0] - law.respond(level - step)[0]) / (2 * step)
    np.testing.assert_allclose(slope, numeric, atol=1e-6)


def test_an_array_has_a_floor_and_a_ceiling(study: SimulatedStudy) -> None:
    values = study.cohorts["jena"].assays["rna"].values.to_numpy()
    settings = study.world.array
    assert values.min() > settings.background - 1.5
    assert values.max() < settings.saturation + 1.0


def test_composition_is_zero_at_the_reference_and_its_slope_is_right(
    study: SimulatedStudy,
) -> None:
    law = study.cohorts["athens"].assays["rna"].law
    np.testing.assert_allclose(composition(law.layer, law.reference, law.reference), 0.0)
    slope = _composition_slope(law.layer.profile, law.reference)
    for part in range(2):
        step = np.zeros(2)
        step[part] = 1e-5
        numeric = composition(law.layer, law.reference + step, law.reference - step) / 2e-5
        np.testing.assert_allclose(slope[:, part], numeric, atol=1e-6)
