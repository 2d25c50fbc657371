"""Harmonisation by controls: what is kept, what is refused; parity with sva is in tests/golden."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.errors import InputError
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.control_anchored import fit_control_anchored

COCONUT = Path(__file__).parents[3] / "shared" / "data" / "coconut"


def _study(cohorts, seed=1, features=200):
    """`cohorts`: name to (controls, patients, shift, stretch, effect of the disease)."""
    generator = np.random.default_rng(seed)
    values, samples = [], []
    for name, (controls, patients, shift, stretch, effect) in cohorts.items():
        ill = np.arange(controls + patients) >= controls
        noise = generator.normal(size=(len(ill), features))
        values.append(shift + stretch * (noise + effect * ill[:, None]))
        samples.append(pd.DataFrame({"cohort": name, "control": ~ill}))
    return Block(
        pd.DataFrame(np.vstack(values), columns=[f"G{n}" for n in range(features)]),
        pd.concat(samples, ignore_index=True),
    )


def _mean(block, cohort, control):
    chosen = (block.samples["cohort"] == cohort) & (block.samples["control"] == control)
    return float(block.values[chosen].to_numpy().mean())


def test_a_disease_seen_in_one_cohort_only_is_kept():
    block = _study({"a": (20, 20, 5, 2, 1.5), "b": (20, 20, -3, 0.5, 0)})
    after = fit_control_anchored(block).apply(block)
    assert abs(_mean(after, "a", True) - _mean(after, "b", True)) < 0.05
    assert abs(_mean(after, "b", False) - _mean(after, "b", True)) < 0.1
    # In units of the pooled standard deviation of the controls, which are 2 and 0.5 in equal parts.
    difference = _mean(after, "a", False) - _mean(after, "a", True)
    assert difference == pytest.approx(1.5 * np.sqrt((4 + 0.25) / 2), rel=0.1)


def test_a_later_cohort_changes_nothing_and_is_placed_by_its_controls():
    block = _study({"a": (20, 20, 5, 2, 1.5), "b": (20, 20, -3, 0.5, 0)})
    step = fit_control_anchored(block)
    new = _study({"c": (15, 10, 9, 1, 1.5)}, seed=2)
    together = Block(
        pd.concat([block.values, new.values.add_prefix("n", axis=0)]),
        pd.concat([block.samples, new.samples.add_prefix("n", axis=0)]),
    )
    after = step.apply(together)
    pd.testing.assert_frame_equal(
        after.values.loc[block.values.index], step.apply(block).values, check_index_type=False
    )
    assert abs(_mean(after, "c", True) - _mean(after, "a", True)) < 0.1
    assert _mean(after, "c", False) > _mean(after, "c", True) + 1.5


def test_a_known_patient_alone_needs_no_control():
    block = _study({"a": (5, 5, 5, 2, 1), "b": (5, 5, 0, 1, 1)})
    step = fit_control_anchored(block)
    alone = step.apply(block.rows(pd.Index([7]))).values
    pd.testing.assert_frame_equal(alone, step.apply(block).values.loc[[7]])


def test_a_single_cohort_is_left_alone():
    block = _study({"a": (5, 5, 5, 2, 1)})
    pd.testing.assert_frame_equal(fit_control_anchored(block).apply(block).values, block.values)


def test_every_cohort_with_too_few_controls_is_named():
    block = _study({"a": (5, 5, 0, 1, 0), "b": (2, 9, 0, 1, 0), "c": (0, 9, 0, 1, 0)})
    with pytest.raises(InputError) as told:
        fit_control_anchored(block)
    assert [p.where for p in told.value.problems] == ["cohort b", "cohort c"]
    assert "2 healthy controls, and harmonisation by controls needs 3" in str(told.value)
    assert "0 healthy controls" in str(told.value)
    one = _study({"n": (1, 4, 0, 1, 0)})
    with pytest.raises(InputError, match="cohort n: 1 healthy control,"):
        fit_control_anchored(_study({"a": (5, 5, 0, 1, 0)})).apply(one)


def test_three_real_cohorts_agree_in_health_and_keep_their_sepsis():
    names = ["GSE28750", "GSE40012", "GSE66099"]
    if not COCONUT.exists():
        pytest.skip("the cohorts of shared/data/coconut are not there")
    tables, samples = [], []
    for name in names:
        tables.append(pd.read_csv(COCONUT / f"{name}_genes_x_samples.csv.gz", index_col=0).T)
        labels = pd.read_csv(COCONUT / f"{name}_pheno.csv.gz", index_col=0)
        healthy = labels["DiagnosisPrimary"].reindex(tables[-1].index) == "Healthy"
        samples.append(pd.DataFrame({"cohort": name, "control": healthy}))
    block = Block(pd.concat(tables, join="inner"), pd.concat(samples))
    after = fit_control_anchored(block).apply(block)
    healthy, cohort = block.samples["control"], block.samples["cohort"]

    def apart(values):
        """Median over genes of the variance of the cohorts' means, among controls."""
        return values[healthy].groupby(cohort[healthy]).mean().var().median()

    assert apart(after.values) < 0.03 * apart(block.values)
    for name in names:
        own = cohort == name
        before, kept = (
            values[own & ~healthy].mean() - values[own & healthy].mean()
            for values in (block.values, after.values)
        )
        assert np.sign(before).eq(np.sign(kept)).mean() > 0.999
