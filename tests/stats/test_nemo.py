"""Ties of neighbourhoods, against the definition written out pair by pair."""

import numpy as np

from immunosep_omics.stats.graph_factors import network
from immunosep_omics.stats.nemo import fit_nemo_ties


def _by_hand(values):
    """Rappoport & Shamir 2019, with loops."""
    size = len(values)
    k = round(size / 6)
    squares = np.square(values[:, None] - values[None]).sum(axis=2)
    near = [[j for j in np.argsort(squares[i]) if j != i][:k] for i in range(size)]
    mean = [squares[i, near[i]].mean() for i in range(size)]

    def similar(i, j):
        width = np.sqrt((mean[i] + mean[j] + squares[i, j]) / 3)
        return np.exp(-squares[i, j] / (2 * width**2)) / (np.sqrt(2 * np.pi) * width)

    ties = np.zeros((size, size))
    sums = [sum(similar(i, r) for r in near[i]) for i in range(size)]
    for i in range(size):
        for j in range(size):
            # Neighbours are those most alike, which need not be the nearest in a local scale.
            if i != j:
                ties[i, j] = similar(i, j)
    kept = [sorted(set(range(size)) - {i}, key=lambda j: -ties[i, j])[:k] for i in range(size)]
    sums = [ties[i, kept[i]].sum() for i in range(size)]
    return np.array(
        [
            [
                ties[i, j] / sums[i] * (j in kept[i]) + ties[i, j] / sums[j] * (i in kept[j])
                for j in range(size)
            ]
            for i in range(size)
        ]
    )


def test_ties_are_those_of_the_definition():
    values = np.random.default_rng(3).normal(size=(30, 4))
    squares = np.square(values[:, None] - values[None]).sum(axis=2)
    np.testing.assert_allclose(
        fit_nemo_ties(squares).between(squares, np.arange(30)), _by_hand(values)
    )


def test_two_patients_are_tied_by_the_mean_over_the_omics_that_measured_both():
    generator = np.random.default_rng(4)
    blocks = [generator.normal(size=(24, 5)) for _ in range(2)]
    alone = [network([block], "nemo") for block in blocks]
    both = sum(alone) / 2
    np.testing.assert_allclose(network(blocks, "nemo"), both / both.mean())
    blocks[1][:6] = np.nan
    only, rest = (
        _by_hand((values - values.mean(axis=0)) / values.std(axis=0))
        for values in (blocks[0], blocks[1][6:])
    )
    both = (only[6:, 6:] + rest) / 2
    found = network(blocks, "nemo")
    # Between patients who have this and patients who have that, relative to the mean.
    np.testing.assert_allclose(found[6:, 6:], both / both.mean())
    np.testing.assert_allclose(found[:6, 6:], only[:6, 6:] / only[:6, 6:].mean())
    np.testing.assert_allclose(found[:6, :6], only[:6, :6] / only[:6, :6].mean())
