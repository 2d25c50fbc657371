"""Common factors: exact on complete data, stable under absent blocks, honest in number."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.block_svd import fit_block_svd, place, project

Array = NDArray[np.float64]


def _draw(
    seed: int, samples: int = 120, sizes: tuple[int, ...] = (80, 40, 20), lacking: float = 0.0
) -> tuple[Array, list[Array]]:
    """Two shared axes and one private factor per block."""
    generator = np.random.default_rng(seed)
    axes = generator.standard_normal((samples, 2))
    absent = generator.random((samples, len(sizes))) < lacking
    absent[absent.all(axis=1)] = False
    blocks = []
    for block, features in enumerate(sizes):
        values = axes @ generator.normal(0, 0.7, (2, features))
        private = generator.standard_normal((samples, 1))
        values += private @ generator.normal(0, 0.5, (1, features))
        values += generator.standard_normal((samples, features))
        values = 5.0 + values * generator.uniform(0.1, 10.0, features)
        values[absent[:, block]] = np.nan
        blocks.append(values)
    return axes, blocks


def _explained(axes: Array, scores: Array) -> Array:
    design = np.column_stack([np.ones(len(scores)), scores])
    left = axes - design @ np.linalg.lstsq(design, axes, rcond=None)[0]
    return 1 - left.var(axis=0) / axes.var(axis=0)


def test_complete_data_give_the_singular_vectors_of_weighted_blocks() -> None:
    _, blocks = _draw(0, sizes=(60, 30))
    weighted = []
    for values in blocks:
        standard = (values - values.mean(axis=0)) / values.std(axis=0)
        weighted.append(standard / np.linalg.norm(standard, 2))
    left = np.linalg.svd(np.hstack(weighted), full_matrices=False)[0][:, :2]
    scores = project(fit_block_svd(blocks, 8), blocks)[:, :2]
    agreement = np.linalg.svd(left.T @ np.linalg.qr(scores)[0])[1]
    assert agreement.min() > 0.99


def test_shared_axes_are_recovered_though_blocks_are_absent() -> None:
    axes, blocks = _draw(1, samples=250, lacking=0.3)
    model = fit_block_svd(blocks, 10)
    assert _explained(axes, project(model, blocks)).min() > 0.85


def test_training_samples_return_to_their_place_alone() -> None:
    _, blocks = _draw(2, lacking=0.3)
    for values in blocks:
        values[np.random.default_rng(9).random(values.shape) < 0.05] = np.nan
    model = fit_block_svd(blocks, 6)
    together = project(model, blocks)
    for sample in range(0, 120, 17):
        alone = project(model, [values[sample : sample + 1] for values in blocks])
        np.testing.assert_allclose(alone[0], together[sample], atol=1e-6)


def test_scattered_holes_hardly_move_a_sample() -> None:
    _, blocks = _draw(3, samples=200)
    model = fit_block_svd(blocks, 5)
    holed = [values.copy() for values in blocks]
    for values in holed:
        values[np.random.default_rng(1).random(values.shape) < 0.1] = np.nan
    before, after = project(model, blocks), project(model, holed)
    for factor in range(model.factors):
        assert np.corrcoef(before[:, factor], after[:, factor])[0, 1] > 0.9


def test_samples_lacking_blocks_spread_as_their_reliability_says() -> None:
    _, blocks = _draw(4, samples=600, lacking=0.3)
    model = fit_block_svd(blocks, 5)
    placed = place(model, blocks)
    for kind, reliability in enumerate(placed.reliability):
        mine = placed.scores[placed.pattern == kind]
        if len(mine) > 60:
            ratio = mine.var(axis=0).sum() / np.trace(reliability)
            assert 0.75 < ratio < 1.3
            assert np.abs(mine.mean(axis=0)).max() < 0.5


def test_all_blocks_have_full_reliability_and_none_has_none() -> None:
    _, blocks = _draw(5, lacking=0.2)
    for values in blocks:
        values[0] = np.nan
    placed = place(fit_block_svd(blocks, 4), blocks)
    complete = placed.present.all(axis=1)
    np.testing.assert_allclose(placed.reliability[complete][0], np.eye(4), atol=1e-8)
    assert (placed.scores[0] == 0).all()
    assert (placed.reliability[placed.pattern[0]] == 0).all()


def test_informative_absence_does_not_shift_the_rest() -> None:
    axes, blocks = _draw(6, samples=400)
    blocks[0][axes[:, 0] > 0.5] = np.nan
    scores = project(fit_block_svd(blocks, 6), blocks)
    assert _explained(axes, scores).min() > 0.8


def test_noise_has_no_factors_and_structure_has_few() -> None:
    generator = np.random.default_rng(7)
    found = [
        fit_block_svd(
            [generator.standard_normal((100, 200)), generator.standard_normal((100, 50))], 10
        ).above_noise
        for _ in range(20)
    ]
    assert np.mean(found) < 0.4
    _, blocks = _draw(8, samples=300)
    assert 2 <= fit_block_svd(blocks, 10).above_noise <= 6


def test_order_of_samples_and_units_of_features_do_not_matter() -> None:
    _, blocks = _draw(9, lacking=0.2)
    scores = project(fit_block_svd(blocks, 4), blocks)
    order = np.random.default_rng(0).permutation(120)
    moved = [values[order] * 3.0 - 7.0 for values in blocks]
    np.testing.assert_allclose(project(fit_block_svd(moved, 4), moved), scores[order], atol=1e-5)


def test_constant_features_are_harmless() -> None:
    _, blocks = _draw(10)
    blocks[0][:, 0] = 3.0
    model = fit_block_svd(blocks, 4)
    assert np.isfinite(project(model, blocks)).all()
    np.testing.assert_allclose(model.loadings[0][0], 0.0, atol=1e-9)


def test_a_block_nearly_never_measured_is_refused() -> None:
    _, blocks = _draw(11)
    blocks[1][2:] = np.nan
    with pytest.raises(ValueError, match="fewer than three samples"):
        fit_block_svd(blocks, 4)


def test_tall_and_wide_blocks_agree_with_lanczos(monkeypatch: pytest.MonkeyPatch) -> None:
    _, blocks = _draw(12)
    exact = project(fit_block_svd(blocks, 4), blocks)
    monkeypatch.setattr("immunosep_omics.stats.block_svd.LARGEST_GRAM", 10)
    np.testing.assert_allclose(project(fit_block_svd(blocks, 4), blocks), exact, atol=1e-6)
