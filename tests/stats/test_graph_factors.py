"""Factors of networks: planted classes are seen, whoever lacks what; noise has none."""

import numpy as np
import pytest

from immunosep_omics.stats.graph_factors import fit_graph_factors, network, place_in_graph
from immunosep_omics.stats.snf import affinity, fuse

KINDS = ["snf", "nemo"]


def _draw(seed, samples=90, sizes=(40, 25, 15), lacking=0.0, missing=0.0, apart=1.0):
    generator = np.random.default_rng(seed)
    own = np.arange(samples) % 3
    absent = generator.random((samples, len(sizes))) < lacking
    absent[absent.all(axis=1)] = False
    blocks = []
    for block, features in enumerate(sizes):
        values = apart * generator.normal(size=(3, features))[own]
        values += generator.normal(size=(samples, features))
        values[generator.random(values.shape) < missing] = np.nan
        values[absent[:, block]] = np.nan
        blocks.append(5 + values * generator.uniform(0.1, 10, features))
    return own, blocks


def _fit(blocks, kind, factors=10):
    return fit_graph_factors(blocks, factors, kind, np.random.default_rng(0))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lacking", [0.0, 0.4])
def test_planted_classes_are_the_leading_factors(kind, lacking):
    own, blocks = _draw(1, samples=200, lacking=lacking)
    model = _fit(blocks, kind)
    scores = place_in_graph(model, blocks).scores[:, :2]
    means = np.array([scores[own == one].mean(axis=0) for one in range(3)])
    assert np.square(means[own]).mean() > 0.8
    assert model.above_noise >= 2


@pytest.mark.parametrize("kind", KINDS)
def test_scores_have_mean_zero_and_variance_one_and_are_those_of_the_network(kind):
    _, blocks = _draw(2, lacking=0.3)
    model = _fit(blocks, kind)
    scores = place_in_graph(model, blocks).scores
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=1e-9)
    between = network(blocks, kind)
    walked = between / between.sum(axis=1, keepdims=True) @ scores
    slope = [np.polyfit(scores[:, f], walked[:, f], 1) for f in range(model.factors)]
    np.testing.assert_allclose([one for one, _ in slope], model.eigenvalues, rtol=1e-6)
    np.testing.assert_allclose(
        walked, scores * model.eigenvalues + [level for _, level in slope], atol=1e-8
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_patients_of_the_fit_return_to_their_place_alone(kind, missing):
    _, blocks = _draw(3, lacking=0.3, missing=missing)
    model = _fit(blocks, kind)
    together = place_in_graph(model, blocks).scores
    for row in range(0, len(together), 9):
        alone = place_in_graph(model, [values[row : row + 1] for values in blocks]).scores[0]
        np.testing.assert_allclose(alone, together[row], rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("without", [None, 0, 2])
def test_new_patients_lie_among_their_own_class(kind, without):
    own, blocks = _draw(4, samples=150, apart=1.5)
    model = _fit([values[:120] for values in blocks], kind)
    new = [values[120:].copy() for values in blocks]
    if without is not None:
        new[without][:] = np.nan
    learned = place_in_graph(model, [values[:120] for values in blocks]).scores[:, :2]
    scores = place_in_graph(model, new).scores[:, :2]
    centres = np.array([learned[own[:120] == one].mean(axis=0) for one in range(3)])
    nearest = np.square(scores[:, None] - centres[None]).sum(axis=2).argmin(axis=1)
    assert (nearest == own[120:]).mean() > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_needs_to_have_all_omics(kind):
    own, blocks = _draw(8, samples=150)
    for block, values in enumerate(blocks):
        values[np.arange(150) // 3 % 3 == block] = np.nan
    model = _fit(blocks, kind)
    scores = place_in_graph(model, blocks).scores
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=1e-9)
    means = np.array([scores[own == one, 0].mean() for one in range(3)])
    assert np.square(means[own]).mean() > 0.8
    # Nor does anybody need to share an omic with all others.
    blocks[1][np.isfinite(blocks[0]).any(axis=1)] = np.nan
    blocks[2][np.arange(150) // 3 % 3 == 1] = np.nan
    scores = place_in_graph(_fit(blocks, kind), blocks).scores
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_who_lacks_what_is_no_factor(kind):
    generator = np.random.default_rng(9)
    own, blocks = _draw(9, samples=200, sizes=(40, 25, 15))
    cohort = generator.choice(4, 200, p=[0.4, 0.3, 0.2, 0.1])
    for lacking, block in ((0, 2), (1, 0), (2, 0), (2, 1)):
        blocks[block][cohort == lacking] = np.nan
    scores = place_in_graph(_fit(blocks, kind), blocks).scores[:, :2]
    between = np.array([scores[cohort == one].mean(axis=0) for one in range(4)])[cohort]
    assert np.square(between).mean(axis=0).max() < 0.2
    means = np.array([scores[own == one].mean(axis=0) for one in range(3)])[own]
    assert np.square(means).mean(axis=0).min() > 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_noise_has_hardly_a_factor(kind):
    generator = np.random.default_rng(5)
    blocks = [generator.normal(size=(80, features)) for features in (50, 30)]
    assert _fit(blocks, kind).above_noise <= 1


def test_the_network_of_complete_omics_is_that_which_fusion_makes():
    _, blocks = _draw(6)
    standard = [(values - values.mean(axis=0)) / values.std(axis=0) for values in blocks]
    fused = fuse([affinity(np.linalg.norm(v[:, None] - v[None], axis=2)) for v in standard])
    between = network(blocks, "snf")
    others = ~np.eye(len(between), dtype=bool)
    assert np.corrcoef(fused[others], between[others])[0, 1] > 0.99


def test_a_block_of_two_samples_is_refused():
    _, blocks = _draw(7)
    blocks[0][2:] = np.nan
    with pytest.raises(ValueError, match="fewer than three samples"):
        _fit(blocks, "snf")
