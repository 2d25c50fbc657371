"""Laws that every fit / apply pair keeps."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.errors import InputError
from immunosep_omics.transforms.block import Block, fit_chain
from immunosep_omics.transforms.filter_low import fit_filter_low
from immunosep_omics.transforms.filter_missing import fit_filter_missing
from immunosep_omics.transforms.harmonise import HARMONISERS
from immunosep_omics.transforms.impute_mean import fit_impute_mean
from immunosep_omics.transforms.log2 import fit_log2
from immunosep_omics.transforms.log_cpm import fit_log_cpm
from immunosep_omics.transforms.median_centre import fit_median_centre
from immunosep_omics.transforms.rle import fit_rle_step
from immunosep_omics.transforms.standardise import fit_standardise
from immunosep_omics.transforms.tmm import fit_tmm_step
from immunosep_omics.transforms.upper_quartile import fit_upper_quartile_step
from immunosep_omics.transforms.vst import fit_vst_step

ON_LOG_SCALE = {
    **HARMONISERS,
    "filter_missing": fit_filter_missing,
    "impute_mean": fit_impute_mean,
    "median_centre": fit_median_centre,
    "standardise": fit_standardise,
}
BY_COHORT = {"within_cohort_z", "combat", "control_anchored"}


@pytest.mark.parametrize("name", ON_LOG_SCALE)
def test_a_known_sample_alone_gets_what_it_got_in_company(make_block, name):
    block = make_block(missing=0.1)
    step = ON_LOG_SCALE[name](block)
    whole = step.apply(block).values
    for sample in block.values.index[:4]:
        alone = step.apply(block.rows(pd.Index([sample]))).values
        pd.testing.assert_frame_equal(alone, whole.loc[[sample]], rtol=1e-12)


@pytest.mark.parametrize("name", ON_LOG_SCALE)
def test_apply_changes_neither_its_input_nor_what_was_learned(make_block, name):
    block = make_block(missing=0.1)
    before = block.values.copy()
    step = ON_LOG_SCALE[name](block)
    first = step.apply(block).values
    pd.testing.assert_frame_equal(block.values, before)
    pd.testing.assert_frame_equal(step.apply(block).values, first)


@pytest.mark.parametrize("name", ON_LOG_SCALE)
def test_order_of_samples_is_irrelevant(make_block, name):
    block = make_block(missing=0.1)
    whole = ON_LOG_SCALE[name](block).apply(block).values
    mixed = block.rows(block.values.index[np.random.default_rng(1).permutation(len(whole))])
    result = ON_LOG_SCALE[name](mixed).apply(mixed).values
    pd.testing.assert_frame_equal(result.loc[whole.index], whole, rtol=1e-9)


@pytest.mark.parametrize("name", sorted(BY_COHORT))
def test_a_constant_per_feature_is_carried_or_removed(make_block, name):
    """Another unit on a logarithmic scale: z-scores remove it, the others carry it."""
    block = make_block(missing=0.1)
    constant = np.linspace(-20, 20, block.values.shape[1])
    moved = Block(block.values + constant, block.samples)
    expected = HARMONISERS[name](block).apply(block).values
    result = HARMONISERS[name](moved).apply(moved).values
    kept = 0.0 if name == "within_cohort_z" else constant
    pd.testing.assert_frame_equal(result, expected + kept, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", ["within_cohort_z", "standardise", "impute_mean"])
def test_a_gap_touches_no_other_feature(make_block, name):
    block = make_block(missing=0.1)
    holed = block.values.copy()
    holed.iloc[3, 7] = np.nan
    others = block.values.columns.drop(block.values.columns[7])
    holed = Block(holed, block.samples)
    one = ON_LOG_SCALE[name](block).apply(block).values
    other = ON_LOG_SCALE[name](holed).apply(holed).values
    pd.testing.assert_frame_equal(one[others], other[others])


def test_combat_of_a_single_cohort_is_the_identity(make_block):
    block = make_block(cohorts=("a",), missing=0.1)
    result = HARMONISERS["combat"](block).apply(block).values
    pd.testing.assert_frame_equal(result, block.values)


@pytest.mark.parametrize("name", sorted(BY_COHORT))
def test_an_unseen_cohort_changes_nothing_for_the_others(make_block, name):
    block = make_block()
    new = make_block(seed=2, cohorts=("c",))
    new = Block(new.values.add_prefix("n", axis=0) + 3, new.samples.add_prefix("n", axis=0))
    step = HARMONISERS[name](block)
    both = Block(pd.concat([block.values, new.values]), pd.concat([block.samples, new.samples]))
    together = step.apply(both).values
    pd.testing.assert_frame_equal(together.loc[block.values.index], step.apply(block).values)
    placed = together.loc[new.values.index]
    assert abs(placed.to_numpy().mean()) < 0.3  # a shift of 3 is gone


def test_within_cohort_z_by_hand():
    values = pd.DataFrame({"g": [1.0, 3.0, 10.0, 30.0], "k": [5.0, 5.0, np.nan, 7.0]})
    block = Block(values, pd.DataFrame({"cohort": ["a", "a", "b", "b"]}))
    result = HARMONISERS["within_cohort_z"](block).apply(block).values
    half = np.sqrt(0.5)
    np.testing.assert_allclose(result["g"], [-half, half, -half, half])
    np.testing.assert_allclose(result["k"], [0, 0, np.nan, 0])


def _counts(samples=12, seed=3):
    generator = np.random.default_rng(seed)
    means = np.r_[np.full(5, 0.2), generator.gamma(2, 50, 45)]
    counts = generator.poisson(means * generator.uniform(0.5, 2, (samples, 1))).astype(float)
    values = pd.DataFrame(counts, columns=[f"G{n}" for n in range(50)])
    return Block(values, pd.DataFrame({"cohort": "a", "sex": ["f", "m"] * (samples // 2)}))


@pytest.mark.parametrize("scaling", [fit_tmm_step, fit_rle_step, fit_upper_quartile_step])
def test_a_new_sample_is_normalised_by_the_frozen_chain(scaling):
    block = _counts()
    chain, whole = fit_chain([fit_filter_low, scaling, fit_log_cpm], block)
    alone = chain.apply(block.rows(pd.Index([0])))
    np.testing.assert_allclose(alone.values, whole.values.loc[[0]], rtol=1e-12)
    assert "G0" not in whole.values


def test_variance_stabilisation_is_frozen_and_tells_what_cannot_be_learned():
    block = _counts()
    step = fit_vst_step(block)
    whole = step.apply(block).values
    alone = step.apply(block.rows(pd.Index([0]))).values
    pd.testing.assert_frame_equal(alone, whole.loc[[0]])
    sparse = Block(pd.DataFrame(np.eye(8)), pd.DataFrame(index=range(8)))
    with pytest.raises(InputError, match=r"`vst`: no feature has counts .* -> use `tmm`"):
        fit_vst_step(sparse)


@pytest.mark.parametrize("scaling", [fit_rle_step, fit_upper_quartile_step])
def test_samples_too_sparse_for_a_factor_are_told(scaling):
    block = Block(pd.DataFrame(np.eye(8)), pd.DataFrame(index=range(8)))
    with pytest.raises(InputError, match=r"8 of 8 samples have too few .* -> use `tmm`"):
        scaling(block).apply(block)


def test_the_filter_knows_the_groups_that_are_asked_about():
    block = _counts(samples=20)
    values = block.values.copy()
    rare = pd.Series([1.0] * 4 + [0.0] * 16)
    values["G1"] = rare * 100  # expressed in four samples only
    asked = Block(values, block.samples.assign(group=np.where(rare > 0, "few", "many")))
    assert "G1" not in fit_filter_low(asked).features
    assert "G1" in fit_filter_low(asked, design=("group",)).features


def test_log2_keeps_missing_and_raises_zeros_to_the_floor():
    block = Block(pd.DataFrame({"p": [0.0, 2.0, 8.0, np.nan]}), pd.DataFrame(index=range(4)))
    result = fit_log2(block).apply(block).values["p"]
    np.testing.assert_allclose(result, [1, 1, 3, np.nan])


def test_median_centring_ignores_which_proteins_were_seen():
    """A sample in which only abundant proteins were seen is not pushed down."""
    full = np.arange(10.0)
    values = np.tile(full, (5, 1))
    values[4, :5] = np.nan
    block = Block(pd.DataFrame(values), pd.DataFrame(index=range(5)))
    result = fit_median_centre(block).apply(block).values
    np.testing.assert_allclose(result.loc[4].dropna(), full[5:])
