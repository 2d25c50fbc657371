"""Laws of surrogate variables; parity with sva is in tests/golden."""

import numpy as np
import pytest

from immunosep_omics.stats.local_fdr import local_fdr
from immunosep_omics.stats.surrogate_variables import (
    control_gene_factors,
    number_of_surrogates,
    surrogate_variables,
)


def _study(seed=1, samples=40, features=400, strength=1.5):
    """Values with one hidden batch, the design with and without the group, and the batch."""
    generator = np.random.default_rng(seed)
    group, batch = np.arange(samples) % 2, (np.arange(samples) // 2) % 2
    values = generator.normal(size=(samples, features))
    values[:, :80] += np.outer(group, generator.normal(size=80))
    values[:, 40:300] += strength * np.outer(batch, generator.normal(size=260))
    null = np.ones((samples, 1))
    return values, np.column_stack([null, group]), null, batch


def _r(first, second):
    return abs(np.corrcoef(first, second)[0, 1])


def test_a_hidden_batch_is_found_and_the_question_is_not():
    values, design, null, batch = _study()
    found = surrogate_variables(values, design, null, 1)[:, 0]
    assert _r(found, batch) > 0.98
    assert _r(found, design[:, 1]) < 0.15


@pytest.mark.parametrize("strength", [0.0, 1.5])
def test_as_many_as_there_are(strength):
    values, design, _, _ = _study(strength=strength)
    found = number_of_surrogates(values, design, np.random.default_rng(1))
    assert found == (strength > 0)


def test_order_of_samples_units_and_gaps_change_nothing():
    values, design, null, _ = _study()
    found = surrogate_variables(values, design, null, 2)
    order = np.random.default_rng(2).permutation(len(values))
    gaps = np.column_stack([values, np.where(np.arange(len(values)) == 3, np.nan, 1.0)])
    for other, place in (
        (surrogate_variables(values[order], design[order], null[order], 2), order),
        (surrogate_variables(3 * values + 7, design, null, 2), slice(None)),
        (surrogate_variables(gaps, design, null, 2), slice(None)),
    ):
        np.testing.assert_allclose(np.abs(other), np.abs(found[place]), atol=1e-6)


def test_none_are_no_columns_and_too_many_are_refused():
    values, design, null, _ = _study(samples=6)
    assert surrogate_variables(values, design, null, 0).shape == (6, 0)
    with pytest.raises(ValueError, match="too few samples"):
        surrogate_variables(values, design, null, 4)


def test_factors_of_control_genes_are_their_components():
    values, _, _, batch = _study()
    controls = np.zeros(values.shape[1], dtype=bool)
    controls[100:200] = True
    found = control_gene_factors(values, controls, 2)
    own = values[:, controls] - values[:, controls].mean(axis=0)
    np.testing.assert_allclose(np.abs(found), np.abs(np.linalg.svd(own)[0][:, :2]), atol=1e-10)
    assert _r(found[:, 0], batch) > 0.98
    with pytest.raises(ValueError, match="than factors"):
        control_gene_factors(values, np.arange(values.shape[1]) < 1, 2)


def test_rates_of_null_p_values_are_near_one_and_of_small_ones_near_nothing():
    generator = np.random.default_rng(1)
    rates = local_fdr(np.r_[generator.random(2000), np.full(200, 1e-6)])
    assert np.median(rates[:2000]) > 0.8
    assert rates[2000:].max() < 0.05
    assert (local_fdr(np.full(5, 0.3)) == 0).all()
