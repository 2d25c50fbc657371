"""A normalised assay of counts keeps what methods that model counts need."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.assay import counts_of, make_assay, read_assay, write_assay
from immunosep_omics.normalise import normalise
from immunosep_omics.settings.cohort import GIVEN_COLUMNS
from immunosep_omics.stats.rle import rle_factors
from immunosep_omics.stats.tmm import tmm_factors
from immunosep_omics.stats.upper_quartile import upper_quartile_factors

FILTER = {"filter_low": {}}


@pytest.fixture(scope="module")
def raw():
    generator = np.random.default_rng(3)
    means = np.r_[np.full(5, 0.2), generator.gamma(2, 50, 45)]
    depth = generator.uniform(0.5, 2, (12, 1))
    dispersed = generator.gamma(5, 0.2, (12, 50))
    values = generator.poisson(means * depth * dispersed).astype(float)
    names, genes = [f"s{n}" for n in range(12)], [f"G{n}" for n in range(50)]
    return make_assay(
        pd.DataFrame(values, names, genes),
        pd.DataFrame({"patient": names, "cohort": "a"}, index=names),
        pd.DataFrame({"feature": genes}, index=genes),
        cohort="a", assay="rna", kind="rna_counts", scale="counts",
    )  # fmt: skip


def _none(counts, sizes):
    return np.ones(len(sizes))


@pytest.mark.parametrize(
    ("recipe", "factors"),
    [
        ([FILTER, {"tmm": {}}, {"log_cpm": {}}], tmm_factors),
        ([FILTER, {"rle": {}}, {"log_cpm": {}}], rle_factors),
        ([FILTER, {"upper_quartile": {}}, {"log_cpm": {}}], upper_quartile_factors),
        ([FILTER, {"log_cpm": {}}], _none),
        ([FILTER, {"log_cpm": {}}, {"quantile": {}}], _none),
        ([FILTER, {"log_cpm": {}}, {"filter_missing": {}}], _none),
        ([FILTER, {"vst": {}}], rle_factors),
        ([FILTER], _none),
    ],
)
def test_counts_and_effective_library_sizes_are_kept(raw, recipe, factors):
    made, _ = normalise(raw, recipe, (), {"s3": "outlier: far"})
    counts, sizes = counts_of(made)
    assert made.shape == (11, 40)
    kept = raw[made.obs_names, made.var_names]
    np.testing.assert_array_equal(counts, kept.X)
    totals = kept.X.sum(axis=1)
    np.testing.assert_allclose(sizes, totals * factors(kept.X, totals), rtol=1e-12)
    assert counts.index.equals(made.obs_names)
    assert counts.columns.equals(made.var_names)
    assert sizes.index.equals(made.obs_names)


def test_other_assays_have_no_counts(cohort):
    assert counts_of(normalise(cohort("a")[0], [{"log2": {}}])[0]) is None


def test_the_file_gives_them_back_and_has_the_same_bytes_again(raw, tmp_path):
    recipe = [FILTER, {"tmm": {}}, {"log_cpm": {}}]
    for name in ("one.h5ad", "two.h5ad"):
        write_assay(normalise(raw, recipe)[0], tmp_path / name)
    assert (tmp_path / "one.h5ad").read_bytes() == (tmp_path / "two.h5ad").read_bytes()
    made, back = normalise(raw, recipe)[0], read_assay(tmp_path / "one.h5ad")
    for before, after in zip(counts_of(made), counts_of(back), strict=True):
        np.testing.assert_array_equal(before, after)


def test_counts_do_not_stand_without_effective_library_sizes(raw):
    values = pd.DataFrame(raw.X, raw.obs_names, raw.var_names)
    with pytest.raises(ValueError, match="only together"):
        make_assay(
            values, raw.obs, raw.var, cohort="a", assay="rna", kind="rna_counts", scale="log2",
            counts=values,
        )  # fmt: skip


def test_no_clinical_column_can_be_taken_for_them(raw):
    made, _ = normalise(raw, [FILTER, {"log_cpm": {}}])
    assert set(made.obs.columns) <= set(GIVEN_COLUMNS)
