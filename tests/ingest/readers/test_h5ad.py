"""A bulk assay as AnnData."""

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from immunosep_omics.ingest.readers.h5ad import read
from immunosep_omics.settings.assays import H5ad

X = np.array([[1.0, 0, 3], [4, 5, np.nan]])


def put_h5ad(folder, x=X, names=("s1", "s2 "), **more):
    var = pd.DataFrame({"symbol": ["A", "", None]}, index=["f1", "f2", "f3"])
    obs = pd.DataFrame(index=list(names))
    anndata.AnnData(x, obs=obs, var=var.iloc[: x.shape[1]], **more).write_h5ad(folder / "a.h5ad")
    return folder


def bulk(folder, rows=None, **more):
    return read(H5ad(kind="expression", file="a.h5ad", **more), folder, rows)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
def test_read(tmp_path, form):
    raw = bulk(put_h5ad(tmp_path, form(X)))
    assert raw.values.index.tolist() == ["s1", "s2"]
    assert raw.values.columns.tolist() == ["f1", "f2", "f3"]
    np.testing.assert_array_equal(raw.values, X)
    assert raw.features["gene"].isna().all()


def test_layer_and_genes(tmp_path):
    raw = bulk(put_h5ad(tmp_path, layers={"log": X + 1}), layer="log", gene_column="symbol")
    np.testing.assert_array_equal(raw.values, X + 1)
    assert raw.features["gene"].tolist() == ["A", np.nan, np.nan]


def test_first_rows_only(tmp_path):
    raw = bulk(put_h5ad(tmp_path), rows=1)
    assert raw.values.shape == (1, 3)
    assert raw.values.index.tolist() == ["s1"]


@pytest.mark.parametrize(
    ("made", "facts", "words"),
    [
        ({"names": ["s1", "s1 "]}, {}, ("more than once: 's1'",)),
        ({"names": ["ACGTACGTACGTAA-1", "ACGTACGTACGTAC-1"]}, {},
         ("the 2 rows are cells", "format: single_cell")),
        ({"x": np.zeros((0, 3)), "names": []}, {}, ("0 samples and 3 features",)),
        ({}, {"layer": "log"}, ("(layer): there is no layer 'log'",)),
        ({"x": np.where(np.isnan(X), np.inf, X)}, {}, ("row 2 of obs, feature 'f3'", "infinite")),
        ({}, {"gene_column": "symbols"}, ("(gene_column)", "did you mean 'symbol'?")),
    ],
)  # fmt: skip
def test_refusals(tmp_path, refused, made, facts, words):
    refused(lambda: bulk(put_h5ad(tmp_path, **made), **facts), "a.h5ad", *words)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"gene,s1\nA,1\n", ("not an HDF5 file",)),
        (b"\x1f\x8b\x08", ("it is compressed: unpack it",)),
        (b"\x89HDF\r\n\x1a\n and then nothing", ("not a readable .h5ad",)),
        (b"", ("not an HDF5 file",)),
    ],
)
def test_other_files(put, refused, data, words):
    refused(lambda: bulk(put("a.h5ad", data)), "a.h5ad", *words)


def test_other_hdf5(tmp_path, refused):
    with h5py.File(tmp_path / "a.h5ad", "w") as file:
        file["x"] = [1]
    refused(lambda: bulk(tmp_path), "not a readable .h5ad")


def test_no_such_file(tmp_path, refused):
    refused(lambda: bulk(tmp_path), "a.h5ad: no such file")


def test_real_file(shared_data):
    folder = shared_data / "formats" / "h5ad_airway"
    raw = read(H5ad(kind="rna_counts", file="airway.h5ad"), folder)
    assert raw.values.shape == (8, 64102)
    with h5py.File(folder / "airway.h5ad") as file:
        sums = file["X"][:].sum(axis=1, dtype=float)
    np.testing.assert_array_equal(raw.values.sum(axis=1), sums)
    assert raw.values.loc["SRR1039508", "ENSG00000000003"] == 679
    assert raw.values.loc["SRR1039509", "ENSG00000000419"] == 515


def test_real_cells_are_no_samples(shared_data, refused):
    facts = H5ad(kind="expression", file="10x_pbmc68k_reduced.h5ad")
    refused(lambda: read(facts, shared_data / "formats" / "tenx"), "700 rows are cells")


COUNTS = np.array([[1.0, 0, 3], [4, 5, 9]])


def counted(folder, **more):
    return read(H5ad(kind="rna_counts", file="a.h5ad", **more), folder)


def test_counts_that_are_elsewhere_than_declared(tmp_path, refused):
    put_h5ad(tmp_path, np.log1p(COUNTS), layers={"counts": COUNTS, "scaled": COUNTS / 7})
    refused(lambda: counted(tmp_path), "(layer)", "X holds no counts", "`layer: counts`")
    refused(lambda: counted(tmp_path, layer="scaled"), "scaled holds no counts", "`layer: counts`")
    np.testing.assert_array_equal(counted(tmp_path, layer="counts").values, COUNTS)


def test_raw_is_read_like_a_layer(tmp_path, refused):
    names = pd.DataFrame(index=["s1", "s2"])
    made = anndata.AnnData(COUNTS, obs=names, var=pd.DataFrame(index=["A", "B", "C"]))
    made.raw = made.copy()
    made = made[:, :2].copy()
    made.X = np.log1p(made.X)
    made.write_h5ad(tmp_path / "a.h5ad")
    refused(lambda: counted(tmp_path), "`layer: raw`")
    raw = counted(tmp_path, layer="raw")
    assert raw.values.columns.tolist() == ["A", "B", "C"]
    np.testing.assert_array_equal(raw.values, COUNTS)


def test_features_that_are_only_numbered(tmp_path, refused):
    var = pd.DataFrame({"symbol": ["A", "B", "C"]}, index=["0", "1", "2"])
    made = anndata.AnnData(COUNTS, obs=pd.DataFrame(index=["s1", "s2"]), var=var)
    made.write_h5ad(tmp_path / "a.h5ad")
    refused(lambda: counted(tmp_path), "(gene_column)", "numbered from 0", "symbol")
    assert counted(tmp_path, gene_column="symbol").features["gene"].tolist() == ["A", "B", "C"]
