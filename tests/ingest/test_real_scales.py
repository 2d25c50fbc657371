"""Real sets beyond the cohorts' matrices, on their true scales: none raises an alarm."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.scale import check_scale

pytestmark = pytest.mark.slow


def numbers(table, first=0, last=None):
    """Numeric columns from place `first` to `last` as samples x features."""
    return table.iloc[:, first:last].select_dtypes("number").to_numpy(dtype=float)


def overmyer(name, first, last):
    def read(data):
        table = pd.read_csv(data / "overmyer_covid" / name, sep="\t")
        return numbers(table, first, last)

    return read


def race(name, first, last):
    def read(data):
        table = pd.read_csv(data / "umich_race" / name, low_memory=False)
        columns = table.columns.get_loc(first), table.columns.get_loc(last) + 1
        return numbers(table.apply(pd.to_numeric, errors="coerce"), *columns)

    return read


def by_column(path, like, sep="\t", zero_is_missing=True):
    """Samples are the columns whose header holds `like`."""

    def read(data):
        table = pd.read_csv(data / path, sep=sep, low_memory=False)
        x = table.loc[:, [like in name for name in table]].to_numpy(dtype=float).T
        return np.where(x == 0, np.nan, x) if zero_is_missing else x

    return read


def genes_by_samples(path, sep=",", header="infer"):
    def read(data):
        return pd.read_csv(data / path, sep=sep, index_col=0, header=header).to_numpy(float).T

    return read


def airway(data):
    import anndata

    x = anndata.read_h5ad(data / "formats/h5ad_airway/airway.h5ad").X
    return np.asarray(x.todense() if hasattr(x, "todense") else x, dtype=float)


def long_olink(data):
    table = pd.read_csv(data / "formats/olink/gisby_2021_long/serum_npx_level.csv.gz")
    return table.pivot_table(index="SampleID", columns="GeneID", values="NPX").to_numpy(float)


TRUE = {
    "Overmyer proteins": (overmyer("2020-06-10_proteomics.tsv.gz", 1, 518), "log2", "ms_proteins"),
    "Overmyer proteins by number":
        (overmyer("proteomics_measurements_w_metadata.tsv.gz", 1, 746), "log2", "ms_proteins"),
    "Overmyer metabolites":
        (overmyer("2020-06-11_metabolomics.tsv.gz", 1, 156), "log2", "metabolites"),
    "RACE cytokines": (race("RACE_CytokineData.csv", "Fractalkine", "ANG2"), "linear", "cytokines"),
    "GSE66099": (genes_by_samples("coconut/GSE66099_genes_x_samples.csv.gz"), "log2", "rna_array"),
    "pasilla": (genes_by_samples("formats/htseq/pasilla_gene_counts.tsv", "\t"), "counts",
                "rna_counts"),
    "airway": (airway, "counts", "rna_counts"),
    "MaxQuant LFQ": (by_column("formats/maxquant/alphastats_example_proteinGroups.txt",
                               "LFQ intensity"), "linear", "ms_proteins"),
    "DIA-NN": (by_column("formats/diann/PXD019909_diann_report.pg_matrix.tsv", ".mzML"), "linear",
               "ms_proteins"),
    "long NPX": (long_olink, "npx", "olink_npx"),
}  # fmt: skip
OPPOSITE = {"log2": "linear", "linear": "log2", "counts": "log2", "npx": "linear"}


@pytest.mark.parametrize("name", TRUE)
def test_no_false_alarm(shared_data, name):
    read, scale, kind = TRUE[name]
    values = read(shared_data)
    assert values.shape[0] >= 4
    assert np.isfinite(values).mean() > 0.1
    check_scale(values, scale, kind, name)


@pytest.mark.parametrize("name", TRUE)
def test_the_opposite_is_refused(shared_data, refused, name):
    read, scale, kind = TRUE[name]
    values = read(shared_data)
    refused(lambda: check_scale(values, OPPOSITE[scale], kind, name), name, "declared as")


COUNTS = {
    "hiv": genes_by_samples("tb_counts/TB_hiv_counts_genes_x_samples.csv.gz"),
    "pasilla": TRUE["pasilla"][0],
    "airway": airway,
}


def over_size_factors(counts):
    ratios = counts[:, (counts > 0).all(axis=0)]
    ratios = ratios / np.exp(np.log(ratios).mean(axis=0))
    return np.rint(counts / np.median(ratios, axis=1, keepdims=True))


@pytest.mark.parametrize("few", [None, 6])
@pytest.mark.parametrize("name", COUNTS)
def test_real_counts_pass_and_divided_ones_are_refused(shared_data, refused, name, few):
    counts = COUNTS[name](shared_data)[:few]
    check_scale(counts, "counts", "rna_counts", "m")
    divided = over_size_factors(counts)
    refused(lambda: check_scale(divided, "counts", "rna_counts", "m"), "size factors")


@pytest.mark.parametrize(("name", "few"), [("hiv", None), ("pasilla", 4), ("airway", 4)])
def test_rounded_rpkm_of_real_counts_are_refused(shared_data, refused, name, few):
    counts = COUNTS[name](shared_data)[:few]
    kilobases = np.exp(np.random.default_rng(5).normal(0.9, 0.8, counts.shape[1]))
    rpkm = np.rint(counts / counts.sum(axis=1, keepdims=True) * 1e6 / kilobases)
    refused(lambda: check_scale(rpkm, "counts", "rna_counts", "m"), "RPKM")


def test_few_real_features_over_their_size_factors_are_refused(shared_data, refused):
    counts = genes_by_samples("tb_counts/TB_indian_counts_genes_x_samples.csv.gz")(shared_data)
    divided = over_size_factors(counts)
    refused(lambda: check_scale(divided, "counts", "rna_counts", "m"), "size factors")
