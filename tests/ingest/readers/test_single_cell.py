"""Single cells to pseudobulk."""

import gzip
import io
import shutil

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.io import mmwrite

from immunosep_omics.ingest.readers.single_cell import read
from immunosep_omics.settings.assays import SingleCell

X = np.array([[1, 0, 3], [4, 5, 0], [0, 1, 1], [7, 0, 0]])
BARCODES = ["ACGTACGTACGTAA-1", "ACGTACGTACGTAC-1", "ACGTACGTACGTAG-2", "ACGTACGTACGTAT-2"]
OBS = pd.DataFrame(
    {"donor": ["d2", "d1", "d2", None], "type": ["T", "B", "T", "T"]}, index=BARCODES
)
FEATURES = "ENSG1\tA\tGene Expression\nENSG2\tB\tGene Expression\nCD3\tCD3\tAntibody Capture\n"


def put_h5ad(folder, x=X, name="a.h5ad", **more):
    var = pd.DataFrame({"gene_ids": ["E1", "E2", "E3"]}, index=["A", "B", "C"])
    anndata.AnnData(sparse.csr_matrix(x), obs=OBS, var=var, **more).write_h5ad(folder / name)
    return folder


def put_mtx(folder, before="", ending=".gz", features=FEATURES, x=X, names=BARCODES):
    folder.mkdir(exist_ok=True, parents=True)
    matrix = io.BytesIO()
    mmwrite(matrix, sparse.coo_matrix(np.asarray(x).T))
    pack = gzip.compress if ending else bytes
    named = "features.tsv" if features.count("\t") > 3 else "genes.tsv"
    for name, data in (
        ("matrix.mtx", matrix.getvalue()), (named, features.encode()),
        ("barcodes.tsv", "\n".join(names).encode() + b"\n"),
    ):  # fmt: skip
        (folder / f"{before}{name}{ending}").write_bytes(pack(data))
    return folder


def cells(folder, file="a.h5ad", rows=None, **more):
    return read(SingleCell(file=file, **{"min_cells": 1, **more}), folder, rows)


def test_samples_by_a_column(tmp_path):
    raw = cells(put_h5ad(tmp_path), sample_key="donor")
    assert raw.values.index.tolist() == ["d1", "d2"]
    np.testing.assert_array_equal(raw.values, [[4, 5, 0], [1, 1, 4]])
    assert raw.values.columns.tolist() == ["E1", "E2", "E3"]
    assert raw.features["gene"].tolist() == ["A", "B", "C"]
    assert raw.samples["cells"].tolist() == [1, 2]
    assert [tuple(note) for note in raw.notes] == [("cells", 1, "of no known sample")]


def test_samples_by_the_endings_of_barcodes(tmp_path):
    raw = cells(put_h5ad(tmp_path), sample_key="barcode")
    assert raw.values.index.tolist() == ["1", "2"]
    np.testing.assert_array_equal(raw.values, [[5, 5, 3], [7, 1, 1]])


def test_chunks_do_not_matter(tmp_path, monkeypatch):
    whole = cells(put_h5ad(tmp_path), sample_key="donor").values
    monkeypatch.setattr("immunosep_omics.ingest.readers.single_cell.CHUNK", 3)
    pd.testing.assert_frame_equal(cells(tmp_path, sample_key="donor").values, whole)


def test_one_cell_type(tmp_path):
    facts = {"sample_key": "barcode", "cell_type_key": "type", "cell_type": "T"}
    raw = cells(put_h5ad(tmp_path), **facts)
    np.testing.assert_array_equal(raw.values, [[1, 0, 3], [7, 1, 1]])
    assert tuple(raw.notes[0]) == ("cells", 1, "not T")


def test_few_cells(tmp_path, refused):
    raw = cells(put_h5ad(tmp_path), sample_key="donor", min_cells=2)
    assert raw.values.index.tolist() == ["d2"]
    assert raw.notes[-1] == ("samples", 1, "of fewer than 2 cells (`min_cells`)")
    refused(lambda: cells(tmp_path, sample_key="donor", min_cells=3), "(min_cells)",
            "the largest has 2")  # fmt: skip


def test_counts_in_raw_or_in_a_layer(tmp_path, refused):
    log = np.log1p(X)
    counts = anndata.AnnData(sparse.csr_matrix(X), var=pd.DataFrame(index=["A", "B", "C"]))
    raw = cells(put_h5ad(tmp_path, log, raw=counts), sample_key="barcode")
    assert raw.values.loc["1"].tolist() == [5, 5, 3]
    put_h5ad(tmp_path, log, layers={"counts": sparse.csr_matrix(X)})
    refused(lambda: cells(tmp_path, sample_key="barcode"), "X hold no counts", "`layer: counts`")
    raw = cells(tmp_path, sample_key="barcode", layer="counts")
    assert raw.values.loc["1"].tolist() == [5, 5, 3]
    refused(lambda: cells(tmp_path, layer="count"), "did you mean 'counts'?")


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("before", ["", "GSM1_"])
@pytest.mark.parametrize("old", [False, True])
def test_matrix_market(tmp_path, ending, before, old):
    features = "ENSG1\tA\nENSG2\tB\nENSG3\tC\n" if old else FEATURES
    folder = put_mtx(tmp_path / "10x", before, ending, features)
    raw = cells(folder, f"{before}matrix.mtx{ending}", sample_key="barcode")
    expected = np.array([[5, 5, 3], [7, 1, 1]])
    np.testing.assert_array_equal(raw.values, expected if old else expected[:, :2])
    assert raw.features["gene"].tolist()[:2] == ["A", "B"]
    if not old:
        assert tuple(raw.notes[-1]) == ("features", 1, "not gene expression: Antibody Capture")


def test_one_file_per_sample(tmp_path):
    for name in ("p1", "p2", "p3", "p4"):
        put_mtx(tmp_path / name, names=[f"{n}-1" for n in range(4)])
    raw = cells(tmp_path, "*/matrix.mtx.gz", min_cells=4)
    assert raw.values.index.tolist() == ["p1", "p2", "p3", "p4"]
    assert raw.values.iloc[0].tolist() == [12, 6]
    assert raw.samples["cells"].tolist() == [4, 4, 4, 4]
    assert len(raw.notes) == 1
    assert len(cells(tmp_path, "*/matrix.mtx.gz", rows=100).values) == 3


def test_files_of_different_features(tmp_path):
    put_mtx(tmp_path / "p1", features="E1\tA\nE2\tB\nE3\tC\n")
    put_mtx(tmp_path / "p2", features="E3\tC\nE4\tD\nE1\tA\n")
    raw = cells(tmp_path, "*/matrix.mtx.gz")
    assert raw.values.columns.tolist() == ["E1", "E3"]
    np.testing.assert_array_equal(raw.values, [[12, 4], [4, 12]])
    assert tuple(raw.notes[-1]) == ("features", 2, "not in the files of all samples")


def test_first_cells_only(tmp_path):
    raw = cells(put_h5ad(tmp_path), sample_key="barcode", rows=2, min_cells=100)
    assert raw.values.loc["1"].tolist() == [5, 5, 3]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ("(sample_key)", "columns of obs: donor, type", "`barcode`")),
        ({"sample_key": "doner"}, ("did you mean 'donor'?",)),
        ({"sample_key": "donor", "cell_type_key": "type", "cell_type": "t"}, ("valid: T, B",)),
        ({"file": "b.h5ad"}, ("no such file", "the file's name")),
        ({"file": "b*.h5ad"}, ("no such file", "'*'")),
        ({"file": "b_*.h5ad"}, ("no such file",)),
    ],
)
def test_refusals(tmp_path, refused, facts, words):
    refused(lambda: cells(put_h5ad(tmp_path), **facts), ".h5ad", *words)


def test_matrix_market_refusals(tmp_path, refused):
    folder = put_mtx(tmp_path / "a", names=BARCODES[:3])
    refused(lambda: cells(folder, "matrix.mtx.gz"), "barcodes.tsv.gz: has 3 lines", "4")
    (folder / "features.tsv.gz").unlink()
    refused(lambda: cells(folder, "matrix.mtx.gz"), "no features.tsv(.gz) beside it")
    folder = put_mtx(tmp_path / "b", x=X / 2)
    refused(lambda: cells(folder, "matrix.mtx.gz", sample_key="barcode"), "no counts")
    folder = put_mtx(tmp_path / "c", ending="")
    (folder / "matrix.mtx").write_text((folder / "matrix.mtx").read_text()[:-6])
    refused(lambda: cells(folder, "matrix.mtx", sample_key="barcode"), "not a readable")


@pytest.mark.parametrize("name", ["a.h5", "a.h5ad", "a.loom"])
def test_other_files(put, refused, name):
    refused(lambda: cells(put(name, "text"), name), name, " -> ")


FORMS = [
    ("1.2.0/filtered_gene_bc_matrices_h5.h5", None),
    ("3.0.0/filtered_feature_bc_matrix.h5", None),
    ("3.0.0/filtered_feature_bc_matrix/matrix.mtx.gz", None),
]


@pytest.mark.parametrize("file", [form for form, _ in FORMS])
def test_real_10x(shared_data, file):
    folder = shared_data / "formats" / "tenx"
    raw = cells(folder, file)
    h5 = file if file.endswith(".h5") else FORMS[1][0]
    with h5py.File(folder / h5) as opened:
        group = opened["matrix"] if "matrix" in opened else next(iter(opened.values()))
        ids = group["features/id" if "features" in group else "genes"][:]
        kinds = group["features/feature_type"][:] if "features" in group else None
        total = np.bincount(group["indices"][:], weights=group["data"][:], minlength=len(ids))
        count = len(group["barcodes"])
    wanted = np.ones(len(ids), bool) if kinds is None else kinds == b"Gene Expression"
    assert raw.features["identifier"].tolist() == [i.decode() for i in ids[wanted]]
    np.testing.assert_array_equal(raw.values.to_numpy()[0], total[wanted])
    assert raw.samples["cells"].tolist() == [count]


def test_real_cells_without_counts(shared_data, refused):
    folder = shared_data / "formats" / "tenx"
    refused(lambda: cells(folder, "10x_pbmc68k_reduced.h5ad", sample_key="phase"),
            "X and raw hold no counts", "no layer of this one holds any")  # fmt: skip


def test_real_10x_one_per_sample(shared_data, tmp_path):
    source = shared_data / "formats" / "tenx" / "3.0.0" / "filtered_feature_bc_matrix.h5"
    for name in ("s1", "s2"):
        shutil.copy(source, tmp_path / f"{name}_filtered.h5")
    raw = cells(tmp_path, "*_filtered.h5")
    assert raw.values.index.tolist() == ["s1", "s2"]
    assert raw.values.loc["s1"].equals(raw.values.loc["s2"])


def test_genes_of_several_genomes(tmp_path):
    features = "GRCh38_ENSG1\tGRCh38_A\nGRCh38_ENSG2\tGRCh38_B\nmm10___ENSMUSG3\tmm10___C\n"
    raw = cells(put_mtx(tmp_path / "s1", features=features).parent, "*/matrix.mtx.gz")
    assert raw.values.columns.tolist() == ["ENSG1", "ENSG2"]
    assert raw.features["gene"].tolist() == ["A", "B"]
    assert tuple(raw.notes[0]) == ("features", 1, "not gene expression: genes of mm10")


def test_the_genome_before_names_of_an_h5ad(tmp_path):
    var = pd.DataFrame(index=["hg19_A", "hg19_B", "hg19_C"])
    anndata.AnnData(X.astype(float), obs=OBS, var=var).write_h5ad(tmp_path / "a.h5ad")
    raw = cells(tmp_path, sample_key="barcode")
    assert raw.values.columns.tolist() == ["A", "B", "C"]
    assert raw.notes == []


def test_droplets_without_cells_are_refused(tmp_path, refused):
    """Unfiltered, the soup between the cells would be added to each sample."""
    generator = np.random.default_rng(1)
    x = np.vstack([generator.poisson(20, (100, 3)), generator.poisson(0.2, (6_000, 3))])
    names = ["".join(generator.choice(list("ACGT"), 16)) + "-1" for _ in x]
    folder = put_mtx(tmp_path / "run", x=x, names=names)
    refused(
        lambda: cells(folder, file="matrix.mtx.gz"),
        "6,000 of 6,100 barcodes", "droplets without a cell", "filtered_feature_bc_matrix",
    )  # fmt: skip
    put_mtx(folder, x=x[:100], names=names[:100])
    assert cells(folder, file="matrix.mtx.gz").samples["cells"].tolist() == [100]


def test_a_file_of_antibodies_alone_is_refused(tmp_path, refused):
    features = FEATURES.replace("Gene Expression", "Antibody Capture")
    folder = put_mtx(tmp_path / "run", features=features, names=[f"{b[:-1]}1" for b in BARCODES])
    refused(lambda: cells(folder, file="matrix.mtx.gz"), "no feature is a gene", "Antibody Capture")


def test_other_words_for_kinds_are_genes(tmp_path):
    features = FEATURES.replace("Gene Expression", "gene")
    folder = put_mtx(tmp_path / "run", features=features, names=[f"{b[:-1]}1" for b in BARCODES])
    assert cells(folder, file="matrix.mtx.gz").features["gene"].tolist() == ["A", "B"]


def test_anndata_under_the_ending_of_10x(tmp_path, refused):
    put_h5ad(tmp_path, name="a.h5ad").joinpath("a.h5ad").rename(tmp_path / "a.h5")
    refused(lambda: cells(tmp_path, file="a.h5"), "AnnData's file", "ending .h5ad")


def test_samples_are_no_cells(tmp_path, refused):
    obs = OBS.assign(donor=["d1", "d2", "d3", "d4"])
    anndata.AnnData(sparse.csr_matrix(X), obs=obs).write_h5ad(tmp_path / "a.h5ad")
    refused(lambda: cells(tmp_path, sample_key="donor"), "each of 4 samples has one row", "h5ad`")
    for name in ("p1", "p2"):
        bulk = anndata.AnnData(sparse.csr_matrix(X[:1]), obs=OBS[:1])
        bulk.write_h5ad(tmp_path / f"{name}.h5ad")
    refused(lambda: cells(tmp_path, "p*.h5ad", rows=2), "each of 2 samples has one row")
