"""Counts that programs estimate: fractions that are rounded, unless they are something else."""

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from immunosep_omics.ingest.readers import h5ad, matrix
from immunosep_omics.ingest.scale import check_scale
from immunosep_omics.settings.assays import H5ad, Matrix


def _counts(samples=12, genes=2000):
    rng = np.random.default_rng(5)
    depths = np.exp(rng.normal(0, 0.3, (samples, 1)))
    means = depths * np.exp(rng.normal(3, 2, genes))
    counts = rng.negative_binomial(8, 8 / (8 + means)).astype(float)
    return counts, rng


def _estimated():
    """As RSEM estimates: reads of several genes are divided among them."""
    counts, rng = _counts()
    shared = (rng.random(counts.shape) < 0.6) & (counts > 0)
    return np.round(counts + shared * rng.uniform(-0.5, 0.5, counts.shape), 2)


def _per_million():
    counts, rng = _counts()
    rates = counts / np.exp(rng.normal(0, 1, counts.shape[1]))
    return rates / rates.sum(axis=1, keepdims=True) * 1e6


def _over_size_factors():
    counts, _ = _counts()
    ratios = counts[:, (counts > 0).all(axis=0)]
    ratios = ratios / np.exp(np.log(ratios).mean(axis=0))
    return counts / np.median(ratios, axis=1, keepdims=True)


NO_ESTIMATES = {
    "TPM": _per_million,
    "RPKM": lambda: _per_million() / 60 * np.exp(_counts()[1].normal(0, 0.05, (12, 1))),
    "CPM after TMM": lambda: (
        _counts()[0] / _counts()[0].sum(axis=1, keepdims=True) * 1e6
        * np.exp(_counts()[1].normal(0, 0.1, (12, 1)))
    ),
    "size factors": _over_size_factors,
    "log2": lambda: np.log2(_counts()[0] + 1),
    "log2 CPM": lambda: np.log2(_per_million() + 1),
    "shares": lambda: _per_million() / 1e4,
    "negative": lambda: _estimated() - 50,
}  # fmt: skip


def _table(values, samples="s{}", genes="g{}"):
    rows = [["gene", *(samples.format(n) for n in range(len(values)))]]
    rows += [[genes.format(n), *map(repr, column)] for n, column in enumerate(values.T.tolist())]
    return "\n".join("\t".join(row) for row in rows) + "\n"


def _read_as_counts(folder, **facts):
    stated = Matrix(kind="rna_counts", file="m.tsv", **facts)
    raw = matrix.read(stated, folder)
    check_scale(raw.values.to_numpy(), "counts", "rna_counts", "m.tsv")
    return raw


def test_estimated_counts_are_rounded_where_they_are_called_so(put, refused):
    values = _estimated()
    folder = put("m.tsv", _table(values))
    refused(lambda: _read_as_counts(folder), "not whole", "`counts: estimated`")
    raw = _read_as_counts(folder, counts="estimated")
    np.testing.assert_array_equal(raw.values, np.rint(values))
    assert [note[:2] for note in raw.notes] == [("counts rounded", int((values % 1 > 0).sum()))]


@pytest.mark.parametrize("name", NO_ESTIMATES)
def test_other_fractions_are_no_estimated_counts(put, refused, name):
    folder = put("m.tsv", _table(NO_ESTIMATES[name]()))
    refused(lambda: _read_as_counts(folder, counts="estimated"), "declared as counts")


def test_estimated_counts_of_anndata(tmp_path, refused):
    values = _estimated()
    obs = pd.DataFrame(index=[f"s{n}" for n in range(len(values))])
    var = pd.DataFrame(index=[f"g{n}" for n in range(values.shape[1])])
    AnnData(values, obs, var).write_h5ad(tmp_path / "a.h5ad")
    facts = {"kind": "rna_counts", "file": "a.h5ad"}
    raw = h5ad.read(H5ad(**facts, counts="estimated"), tmp_path)
    np.testing.assert_array_equal(raw.values, np.rint(values))


def test_only_rna_is_counted():
    with pytest.raises(ValueError, match="`counts` is for rna_counts, and this is expression"):
        Matrix(kind="expression", file="m.tsv", counts="estimated")
