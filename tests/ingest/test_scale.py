"""Values that contradict the declared scale."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.scale import check_scale


@pytest.fixture
def logs():
    rng = np.random.default_rng(1)
    means = rng.uniform(3, 14, 300)
    return means + rng.normal(0, 0.6, (40, 300))


def ok(values, scale, kind):
    check_scale(np.asarray(values, dtype=float), scale, kind, "m.csv (assays.rna.scale)")


def test_true_scales_pass(logs):
    rng = np.random.default_rng(2)
    ok(logs, "log2", "expression")
    ok(2**logs, "linear", "expression")
    ok(rng.negative_binomial(2, 0.01, (20, 200)), "counts", "rna_counts")
    ok(logs - 4, "npx", "olink_npx")
    ok(logs - logs.mean(axis=0), "log2", "expression")
    ok(np.log2(rng.negative_binomial(0.2, 0.02, (20, 500)) + 1.0), "log2", "expression")
    ok(np.exp(rng.normal(0, 0.5, (50, 200))), "linear", "metabolites")
    ok(1 + 0.1 * rng.normal(size=(50, 200)), "linear", "metabolites")
    ok(rng.lognormal(1.5, 0.4, 60) * rng.lognormal(0, 0.3, (80, 60)), "linear", "metabolites")


@pytest.mark.parametrize(
    ("change", "scale", "kind", "words"),
    [
        (lambda x: 2**x, "log2", "rna_array", ("log2, but look linear", "scale: linear")),
        (lambda x: 2 ** (x - 8), "log2", "expression", ("look linear", "scale: linear")),
        (lambda x: 2**x, "npx", "olink_npx", ("npx, but look linear", "NPX are log2")),
        (lambda x: x, "linear", "ms_proteins", ("linear, but look like logarithms", "scale: log2")),
        (lambda x: x - 8, "linear", "expression", ("logarithms or centred values", "scale: log2")),
        (lambda x: (x - x.mean(0)) / x.std(0), "log2", "expression", ("z-scores", "before")),
        (lambda x: (x - x.mean(0)) / x.std(0, ddof=1), "log2", "rna_array", ("z-scores",)),
        (lambda x: x, "counts", "rna_counts", ("counts, but look like normalised", "raw counts")),
        (lambda x: x - 8, "counts", "rna_counts", ("some are negative", "raw counts")),
        (lambda x: np.where(x > 12, np.nan, np.rint(x)), "counts", "rna_counts", ("missing", "0")),
        (lambda x: np.where(x > 12, np.inf, x), "log2", "expression", ("infinite", "`missing`")),
    ],
)
def test_refusals(logs, refused, change, scale, kind, words):
    refused(lambda: ok(change(logs), scale, kind), "m.csv (assays.rna.scale)", *words)


def test_linear_values_with_many_or_large_negative_ones(refused):
    """Centred intensities reach far above the largest logarithm."""
    rng = np.random.default_rng(5)
    levels = rng.lognormal(6, 1, 200) * rng.lognormal(0, 1, (40, 200))
    for centred in (levels - levels.mean(axis=0), levels - np.quantile(levels, 0.76)):
        refused(lambda x=centred: ok(x, "linear", "rna_array"), "are below 0", "`scale: log2`")


def test_linear_values_from_which_a_background_was_subtracted():
    """As an array's: two thirds of the probes see noise only, half of which is below 0."""
    rng = np.random.default_rng(6)
    signal = np.where(np.arange(600) < 200, rng.lognormal(6, 1, 600), 0)
    ok(signal * rng.lognormal(0, 0.3, (30, 600)) + rng.normal(0, 15, (30, 600)),
       "linear", "rna_array")  # fmt: skip
    # One value far below the others, as a spot of dirt leaves it.
    levels = rng.lognormal(5, 1, (40, 30))
    levels[3, 4] = -200.0
    ok(levels, "linear", "cytokines")


@pytest.mark.parametrize("code", [-9, -99, -1])
def test_codes_for_missing_values(refused, code):
    levels = np.random.default_rng(8).lognormal(6, 1, (40, 30))
    levels[[3, 7, 9], [4, 0, 4]] = code
    refused(lambda: ok(levels, "linear", "cytokines"), f"all 3 values below 0 are {code}",
            "`missing`")  # fmt: skip
    levels[7, 0] = -3.5
    ok(levels, "linear", "cytokines")


def test_ratios_below_the_maximum_of_logarithms(refused):
    ratios = np.exp(np.random.default_rng(3).normal(0, 0.9, (60, 80)))
    assert ratios.max() < 50
    refused(lambda: ok(ratios, "log2", "expression"), "look linear", "scale: linear")


def test_a_few_counts_may_have_decimals():
    counts = np.random.default_rng(4).poisson(50, (10, 200)).astype(float)
    counts[0, :5] += 0.5
    ok(counts, "counts", "rna_counts")


REAL = [
    ("srep_cohorts/GSE54514_expr_genes_x_samples.csv.gz", "log2", "expression"),
    ("srep_cohorts/GSE57065_expr_genes_x_samples.csv.gz", "log2", "rna_array"),
    ("srep_cohorts/GSE95233_expr_genes_x_samples.csv.gz", "log2", "rna_array"),
    ("srep_cohorts/GSE110487_expr_genes_x_samples.csv.gz", "log2", "expression"),
    ("srep_cohorts/GSE8121_expr_genes_x_samples.csv.gz", "linear", "expression"),
    ("coconut/GSE28750_genes_x_samples.csv.gz", "log2", "rna_array"),
    ("coconut/GSE40012_genes_x_samples.csv.gz", "log2", "rna_array"),
    ("gse13015/expression_genes_x_samples.csv.gz", "linear", "rna_array"),
    ("gse157103_subset/expression_558genes_x_32.csv.gz", "log2", "expression"),
    ("gisby_covid_rnaseq/wave1_logcpm_genes_x_samples.csv.gz", "log2", "expression"),
    ("tb_counts/TB_hiv_counts_genes_x_samples.csv.gz", "counts", "rna_counts"),
    ("tb_counts/TB_indian_counts_genes_x_samples.csv.gz", "counts", "rna_counts"),
    ("olink_covid/mhh.csv.gz", "npx", "olink_npx"),
    ("su_covid/proteomics_example.csv.gz", "npx", "olink_npx"),
    ("su_covid/metabolomics_example.csv.gz", "linear", "metabolites"),
    ("su_covid/Su_metab_data_raw.csv.gz", "linear", "metabolites"),
    ("brca_tcga/train_mrna.csv.gz", "log2", "expression"),
    ("brca_tcga/train_mirna.csv.gz", "log2", "expression"),
    ("brca_tcga/train_protein.csv.gz", "log2", "expression"),
]
OPPOSITE = {"log2": "linear", "linear": "log2", "counts": "log2"}


@pytest.mark.parametrize(("file", "scale", "kind"), REAL)
def test_real_data_raise_no_false_alarm(shared_data, file, scale, kind):
    values = real_values(shared_data / file, scale)
    check_scale(values, scale, kind, file)


@pytest.mark.parametrize(
    ("file", "scale", "kind"),
    [row for row in REAL if row[1] in OPPOSITE],
)
def test_real_data_on_the_wrong_scale_are_refused(shared_data, refused, file, scale, kind):
    values = real_values(shared_data / file, scale)
    refused(lambda: check_scale(values, OPPOSITE[scale], kind, file), file, "declared as")


def test_real_metabolites_that_were_standardised_are_refused(shared_data, refused):
    file = "su_covid/Su_covid_metabolomics_processed.csv.gz"
    values = real_values(shared_data / file, "log2")
    refused(lambda: check_scale(values, "log2", "metabolites", file), "z-scores", "before")


def real_values(path, scale):
    table = pd.read_csv(path, index_col=0, low_memory=False)
    table = table.drop(columns=["WHO_status", "Group"], errors="ignore")
    by_gene = "genes" in path.name
    return table.to_numpy(dtype=float).T if by_gene else table.to_numpy(dtype=float)


def test_a_row_without_any_value_is_no_missing_count(refused):
    """A footnote below the counts of a published table; one gap among counts is still refused."""
    values = np.array([[5.0, 9, 0, np.nan], [7, 1, 3, np.nan]])
    check_scale(values, "counts", "rna_counts", "m")
    values[0, 1] = np.nan
    refused(lambda: check_scale(values, "counts", "rna_counts", "m"), "missing in 1 place")
