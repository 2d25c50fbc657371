"""Every step that learns something is frozen: a new sample alone, and after a file, is the same."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.normalise import STEPS
from immunosep_omics.stats.streams import stream
from immunosep_omics.transforms.block import Block, fit_chain
from immunosep_omics.transforms.control_anchored import CONTROL, fit_control_anchored
from immunosep_omics.transforms.frozen import read_frozen, write_frozen
from immunosep_omics.transforms.harmonise import HARMONISERS
from immunosep_omics.transforms.impute_censored import fit_impute_censored
from immunosep_omics.transforms.impute_mean import fit_impute_mean
from immunosep_omics.transforms.panel import PanelRecipe, fit_panel
from immunosep_omics.transforms.standardise import fit_standardise

OF_COUNTS = {"filter_low", "tmm", "rle", "upper_quartile", "log_cpm", "vst"}
PLATES = {"plate_1": 0.0, "plate_2": 1.0}


def _after_library_sizes(block):
    return fit_chain([STEPS["tmm"], STEPS["log_cpm"]], block)[0]


def _panel(block):
    classes = pd.Series(np.tile(["0", "1"], len(block.values) // 2), block.values.index)
    return fit_panel(block, classes, PanelRecipe("combat", 20, 0.5, "censored"), stream(1, "panel"))


def _bridge(block):
    return STEPS["bridge"](block, block.values.iloc[:6] + 1)


FITS = {
    **STEPS, "bridge": _bridge, **HARMONISERS, "control_anchored": fit_control_anchored,
    "impute_mean": fit_impute_mean, "impute_censored": fit_impute_censored,
    "standardise": fit_standardise, "tmm, log_cpm": _after_library_sizes, "panel": _panel,
}  # fmt: skip
OF_COUNTS |= {"tmm, log_cpm"}


def _block(name, samples=32, features=60, seed=5):
    """Two cohorts and two plates, with controls; the last eight samples come later."""
    rng = np.random.default_rng(seed)
    level = rng.gamma(2, 2, features) + 4
    plate = np.tile(list(PLATES), samples // 2)
    values = (
        level + rng.normal(size=(samples, features)) + np.array([PLATES[p] for p in plate])[:, None]
    )
    if name in OF_COUNTS:
        values = rng.poisson(2**values).astype(float)
    elif name in ("log2", "vsn"):
        values = 2**values
    if name not in OF_COUNTS:
        values[rng.random(values.shape) < 0.1] = np.nan
    index = [f"s{n}" for n in range(samples)]
    described = pd.DataFrame(
        {
            "sample": index, "patient": index, "cohort": np.repeat(["a", "b"], samples // 2),
            "plate": plate, CONTROL: np.arange(samples) % 4 < 2,
        },
        index=index,
    )  # fmt: skip
    described = described.sample(frac=1, random_state=1)
    columns = [f"rna:G{n}" for n in range(features)]
    return Block(pd.DataFrame(values, index, columns).loc[described.index], described)


def _applied(step, block):
    if hasattr(step, "probabilities"):
        return step.probabilities(block), None
    after = step.apply(block)
    return after.values, after.samples


def _same(one, other, rows):
    for table, alone in zip(one, other, strict=True):
        if table is not None:
            pd.testing.assert_frame_equal(table.loc[rows], alone, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", FITS)
def test_a_new_sample_alone_gets_what_it_gets_among_others(name):
    block = _block(name)
    seen, later = block.rows(block.values.index[:24]), block.values.index[24:]
    step = FITS[name](seen)
    together = _applied(step, block)
    for sample in later:
        _same(together, _applied(step, block.rows(pd.Index([sample]))), [sample])
    _same(together, _applied(step, seen), seen.values.index)


@pytest.mark.parametrize("name", FITS)
def test_a_step_from_a_file_does_the_same_and_its_bytes_are_the_same(name, tmp_path):
    block = _block(name)
    step = FITS[name](block.rows(block.values.index[:24]))
    for file in ("one.npz", "two.npz"):
        write_frozen(step, tmp_path / file)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    back = read_frozen(tmp_path / "one.npz")
    assert type(back) is type(step)
    for before, after in zip(_applied(step, block), _applied(back, block), strict=True):
        if before is not None:
            pd.testing.assert_frame_equal(before, after, check_exact=True, check_column_type=False)
    write_frozen(back, tmp_path / "three.npz")
    assert (tmp_path / "three.npz").read_bytes() == (tmp_path / "one.npz").read_bytes()


@pytest.mark.parametrize(
    "name", ["filter_missing", "log2", "vsn", "quantile", "median_centre", "intensity"]
)
def test_what_was_not_measured_stays_missing(name):
    block = _block(name)
    after = STEPS[name](block).apply(block).values
    pd.testing.assert_frame_equal(after.isna(), block.values[after.columns].isna())


def test_what_is_no_step_is_refused(tmp_path):
    with pytest.raises(TypeError, match="Block cannot be kept"):
        write_frozen(_block("none"), tmp_path / "a.npz")
    assert not (tmp_path / "a.npz").exists()
    np.savez(tmp_path / "b.npz", x=np.ones(2))
    with pytest.raises(ValueError, match="not a file of a fitted step"):
        read_frozen(tmp_path / "b.npz")
    np.savez(tmp_path / "c.npz", structure=np.array('{"class": "Popen", "learned": {}}'))
    with pytest.raises(ValueError, match="'Popen' is not a step"):
        read_frozen(tmp_path / "c.npz")
