"""ComBat's options as a fitted step; the kernel's parity with sva is in tests/golden."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.errors import InputError
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.covariates import fit_covariates
from immunosep_omics.transforms.harmonise import described, harmoniser

GENERATOR = np.random.default_rng(1)


def _block(cohorts, effect=2.0, prefix="s", features=120):
    """`cohorts`: name to (women, men, shift); women are higher by `effect` in half of features."""
    values, samples = [], []
    for name, (women, men, shift) in cohorts.items():
        female = np.arange(women + men) < women
        made = GENERATOR.normal(size=(len(female), features)) + shift
        made[:, : features // 2] += effect * female[:, None]
        values.append(made)
        sex = np.where(female, "female", "male")
        samples.append(pd.DataFrame({"cohort": name, "sex": sex, "age": 50.0 + 10 * female}))
    described = pd.concat(samples, ignore_index=True)
    index = [f"{prefix}{number}" for number in range(len(described))]
    columns = [f"G{number}" for number in range(features)]
    return Block(pd.DataFrame(np.vstack(values), index, columns), described.set_axis(index, axis=0))


def _difference(block, after):
    female = block.samples["sex"] == "female"
    half = after.values.iloc[:, : after.values.shape[1] // 2]
    return float(half[female].to_numpy().mean() - half[~female].to_numpy().mean())


UNEQUAL = {"a": (35, 5, 0.0), "b": (5, 35, 3.0)}


def test_what_is_protected_is_kept_and_what_is_not_is_lost_in_part():
    block = _block(UNEQUAL)
    lost, kept = (
        _difference(block, harmoniser({"method": "combat", **options})(block).apply(block))
        for options in ({}, {"protect": ["sex"]})
    )
    assert kept == pytest.approx(2.0, abs=0.1)
    assert lost < 1.4


def test_a_later_cohort_is_placed_with_its_own_mix_and_changes_nothing():
    block = _block({"a": (20, 20, 0.0), "b": (20, 20, 3.0)})
    step = harmoniser({"method": "combat", "protect": ["sex"]})(block)
    new = _block({"c": (36, 4, 7.0)}, prefix="n")
    both = Block(pd.concat([block.values, new.values]), pd.concat([block.samples, new.samples]))
    together = step.apply(both)
    pd.testing.assert_frame_equal(together.values.loc[block.values.index], step.apply(block).values)
    placed = Block(together.values.loc[new.values.index], new.samples)
    assert _difference(new, placed) == pytest.approx(2.0, abs=0.2)
    # The new cohort's women are as high as those of the others, though it has nearly only women.
    women = together.samples["sex"] == "female"
    means = together.values[women].groupby(together.samples["cohort"][women]).mean().mean(axis=1)
    assert means.max() - means.min() < 0.1


def test_the_reference_stays_as_it_is_and_may_be_held_out():
    block = _block({"a": (20, 20, 0.0), "b": (20, 20, 3.0), "c": (20, 20, 6.0)})
    fit = harmoniser({"method": "combat", "reference": "b"})
    after, own = fit(block).apply(block), (block.samples["cohort"] == "b").to_numpy()
    np.testing.assert_allclose(after.values[own], block.values[own], rtol=1e-12)
    assert after.values.to_numpy().mean() == pytest.approx(
        block.values[own].to_numpy().mean(), abs=0.05
    )
    without = block.rows(~own)
    step = fit(without)
    pd.testing.assert_frame_equal(
        step.apply(without).values, harmoniser({"method": "combat"})(without).apply(without).values
    )


def test_mean_only_leaves_scales_alone():
    block = _block({"a": (20, 20, 0.0), "b": (20, 20, 3.0)})
    stretched = block.with_values(
        block.values.mul(np.where(block.samples["cohort"] == "b", 3, 1), axis=0)
    )
    for mean_only, ratio in ((True, 3.0), (False, 1.0)):
        after = harmoniser({"method": "combat", "mean_only": mean_only})(stretched).apply(stretched)
        spread = after.values.groupby(block.samples["cohort"]).std().mean(axis=1)
        assert spread["b"] / spread["a"] == pytest.approx(ratio, rel=0.1)


def test_the_prior_is_taken():
    block = _block({"a": (20, 20, 0.0), "b": (20, 20, 3.0)})
    one, other = (
        harmoniser({"method": "combat", "prior": prior})(block).apply(block).values
        for prior in ("parametric", "non_parametric")
    )
    assert 0 < np.abs(one - other).to_numpy().max() < 0.3


def test_cohorts_that_cannot_be_told_from_what_is_protected_are_refused():
    with pytest.raises(InputError, match="cannot be told from sex, which is protected"):
        harmoniser({"method": "combat", "protect": ["sex"]})(
            _block({"a": (9, 0, 0), "b": (0, 9, 0)})
        )


def test_missing_and_unseen_levels_count_as_the_average_sample():
    seen = pd.DataFrame({"age": [40.0, 60.0, np.nan], "sex": ["f", "m", "m"], "site": "x"})
    coded = fit_covariates(seen, ["age", "sex", "site"])
    new = pd.DataFrame({"age": [70.0, np.nan], "sex": ["other", None], "site": "y"})
    third = 1 / 3
    np.testing.assert_allclose(coded.apply(seen), [[-10, -2 * third], [10, third], [0, third]])
    np.testing.assert_allclose(coded.apply(new), [[20, 0], [0, 0]])


def test_samples_are_described_by_what_is_needed_and_no_more():
    samples = pd.DataFrame({"cohort": ["a", "a", "a"]}, index=["x", "y", "z"])
    clinical = pd.DataFrame(
        {"age": [1.0, 2.0], "event": [1, 0], "kind": [1.0, 0.0]}, index=["x", "y"]
    )
    protecting = described(samples, clinical, {"method": "combat", "protect": ["age"]})
    assert list(protecting.columns) == ["cohort", "age"]
    anchored = {"method": "control_anchored", "controls": {"column": "kind", "level": 0}}
    found = described(samples, clinical, anchored)
    assert list(found.columns) == ["cohort", "control"]
    assert found["control"].tolist() == [False, True, False]


@pytest.mark.parametrize("options", [{}, {"protect": ["sex"]}])
def test_a_later_cohort_is_brought_to_a_single_one_that_stays(options):
    block = _block({"a": (20, 20, 3.0)})
    step = harmoniser({"method": "combat", **options})(block)
    pd.testing.assert_frame_equal(step.apply(block).values, block.values)
    new = _block({"c": (20, 20, -4.0)}, prefix="n")
    assert step.apply(new).values.to_numpy().mean() == pytest.approx(
        block.values.to_numpy().mean(), abs=0.1
    )
