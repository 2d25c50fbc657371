"""Lies about the scale, made from good data: each is caught, and the good data pass."""

import numpy as np
import pytest

from immunosep_omics.ingest.scale import check_scale

RNG = np.random.default_rng(20)
SAMPLES, FEATURES = 40, 600
LEVELS = RNG.uniform(2, 13, FEATURES)
LOGS = LEVELS + RNG.normal(0, RNG.uniform(0.2, 0.9, FEATURES), (SAMPLES, FEATURES))
DEPTHS = np.exp(RNG.normal(0, 0.3, (SAMPLES, 1)))
COUNTS = RNG.negative_binomial(8, 8 / (8 + DEPTHS * 2 ** (LOGS - 2))).astype(float)
TPM = COUNTS / COUNTS.sum(axis=1, keepdims=True) * 1e6
RPKM = TPM * np.exp(RNG.normal(0, 1, FEATURES)) / 3
NPX = RNG.uniform(0.2, 9, 92) + RNG.normal(0, RNG.uniform(0.3, 1.2, 92), (80, 92))
PROTEINS = np.where(RNG.random((SAMPLES, FEATURES)) < 0.2, np.nan, LOGS + 18)
METABOLITES = np.exp(RNG.normal(0, 1.5, 150) + RNG.normal(0, 0.5, (60, 150)))

LARGE = RNG.normal(24, 2.5, 200) + RNG.normal(0, 1, (SAMPLES, 200))
DEEP_COUNTS = RNG.negative_binomial(8, 8 / (8 + DEPTHS * 2 ** (LEVELS + 3))).astype(float)


LOW = np.exp(RNG.uniform(0, 9, 4000))
FEW = RNG.negative_binomial(20, 20 / (20 + np.exp(RNG.normal(0, 0.3, (5, 1))) * LOW)) * 1.0
FEW_RPKM = FEW / FEW.sum(axis=1, keepdims=True) * 2e5 / np.exp(RNG.normal(0.9, 0.8, 4000))
COMPRESSED = np.log2(2 ** LOGS[:10] + 2**7)
"""As robust averages with a background do: low features hardly vary."""
CENTRES = np.exp(RNG.normal(0, 0.5, 200))
NEAR_ONE = CENTRES * np.exp(RNG.normal(0, 0.1, (SAMPLES, 200)))


def deseq2(x):
    """Counts over their size factors, rounded; these by the ratios to the geometric means."""
    ratios = x[:, (x > 0).all(axis=0)]
    ratios = ratios / np.exp(np.log(ratios).mean(axis=0))
    return np.rint(x / np.median(ratios, axis=1, keepdims=True))


NORMALISED = deseq2(DEEP_COUNTS)


def z(x):
    return (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0)


def robust(x):
    middle = np.nanmedian(x, axis=0)
    return (x - middle) / (1.4826 * np.nanmedian(np.abs(x - middle), axis=0))


def quantile_normalised(x):
    order = x.argsort(axis=1).argsort(axis=1)
    return np.rint(np.sort(x, axis=1).mean(axis=0))[order]


TRUTHS = {
    "counts": (COUNTS, "counts", "rna_counts"),
    "deep counts": (COUNTS * 1.0 + RNG.poisson(500, COUNTS.shape), "counts", "rna_counts"),
    "few counts": (FEW, "counts", "rna_counts"),
    "few counts of pairs": (2 * FEW, "counts", "rna_counts"),
    "nothing but counting": (RNG.poisson(LOW * DEPTHS[:5]) * 1.0, "counts", "rna_counts"),
    "counts without zeros": (COUNTS[:, COUNTS.min(axis=0) > 9], "counts", "rna_counts"),
    "log2": (LOGS, "log2", "expression"),
    "log2(counts + 1)": (np.log2(COUNTS + 1), "log2", "expression"),
    "very deep counts": (DEEP_COUNTS, "counts", "rna_counts"),
    "floored logarithms": (np.maximum(np.round(LOGS, 1), 3), "log2", "expression"),
    "log10 of metabolites": (np.log10(METABOLITES * 1e4), "log2", "metabolites"),
    "log2 large proteins": (LARGE, "log2", "ms_proteins"),
    "log2(cpm + 1)": (np.log2(TPM + 1), "log2", "expression"),
    "compressed logarithms": (COMPRESSED, "log2", "rna_array"),
    "ratios near one": (NEAR_ONE, "linear", "ms_proteins"),
    "centred": (LOGS - LOGS.mean(axis=0), "log2", "expression"),
    "linear": (2**LOGS, "linear", "rna_array"),
    "npx": (NPX, "npx", "olink_npx"),
    "proteins": (PROTEINS, "log2", "ms_proteins"),
    "intensities": (2**PROTEINS, "linear", "ms_proteins"),
    "metabolites": (METABOLITES, "linear", "metabolites"),
    "logged metabolites": (np.log2(METABOLITES), "log2", "metabolites"),
    "ratios": (2 ** (LOGS - LOGS.mean(axis=0)), "linear", "expression"),
    "percent": (100 * TPM / 1e6, "linear", "expression"),
}
LIES = {
    "TPM as counts": (TPM, "counts", "TPM or CPM"),
    "rounded TPM as counts": (np.rint(TPM), "counts", "TPM or CPM"),
    "RPKM as counts": (RPKM, "counts", "normalised"),
    "DESeq2-normalised as counts": (NORMALISED, "counts", "size factors"),
    "few DESeq2-normalised as counts": (deseq2(FEW), "counts", "size factors"),
    "rounded RPKM as counts": (np.rint(FEW_RPKM), "counts", "RPKM"),
    "ln(n + 1) as log2": (np.log1p(COUNTS), "log2", "ln(counts + 1)"),
    "log10(n + 1) as log2": (np.round(np.log10(COUNTS + 1), 4), "log2", "log10(counts + 1)"),
    "ln(n + 1) as linear": (np.log1p(COUNTS), "linear", "ln(counts + 1)"),
    "log10(n + 1) as counts": (np.log10(COUNTS + 1), "counts", "log10(counts + 1)"),
    "log2 large proteins as linear": (LARGE, "linear", "logarithms"),
    "log2(n + 1) as counts": (np.log2(COUNTS + 1), "counts", "log2(counts + 1)"),
    "rounded logs as counts": (np.rint(LOGS), "counts", "logarithms"),
    "percent as counts": (TPM / 1e4, "counts", "adds up to 100"),
    "z as counts": (z(LOGS), "counts", "z-scores"),
    "floored intensities as counts": (np.rint(np.maximum(2**LOGS, 10)), "counts", "exactly 10"),
    "rounded intensities as counts":
        (np.rint(60 + RNG.normal(0, 2, LOGS.shape) + 2 ** (LOGS - 2)), "counts", "intensities"),
    "quantile-normalised as counts": (quantile_normalised(COUNTS), "counts", "quantile"),
    "missing as counts": (np.where(COUNTS == 0, np.nan, COUNTS), "counts", "missing"),
    "counts as log2": (COUNTS, "log2", "linear"),
    "TPM as log2": (TPM, "log2", "linear"),
    "intensities as log2": (2**PROTEINS, "log2", "linear"),
    "concentrations as log2": (METABOLITES, "log2", "linear"),
    "wide ratios as log2": (2 ** (2 * (LOGS - LOGS.mean(axis=0))), "log2", "ratios"),
    "narrow ratios as log2": (2 ** (0.3 * (LOGS - LOGS.mean(axis=0))), "log2", "ratios"),
    "ratios near one as log2": (NEAR_ONE, "log2", "ratios"),
    "compressed logarithms as linear": (COMPRESSED - 5, "linear", "logarithms"),
    "percent as log2": (TPM / 1e4, "log2", "adds up to 100"),
    "fractions as log2": (TPM / 1e6, "log2", "adds up to 1"),
    "z as log2": (z(LOGS), "log2", "z-scores"),
    "z of more samples as log2": (z(LOGS)[:30], "log2", "z-scores"),
    "robust z as log2": (robust(LOGS**3 / 100), "log2", "z-scores"),
    "z with missing as log2": (z(PROTEINS), "log2", "z-scores"),
    "z by sample as log2": (z(LOGS.T).T, "log2", "each sample"),
    "z of metabolites as log2": (z(np.log2(METABOLITES)), "log2", "z-scores"),
    "z as linear": (z(LOGS), "linear", "z-scores"),
    "log2 as linear": (LOGS, "linear", "logarithms"),
    "log2 proteins as linear": (PROTEINS, "linear", "logarithms"),
    "log2 ratios as linear": (LOGS - LOGS.mean(axis=0), "linear", "logarithms or centred"),
    "NPX as linear": (NPX, "linear", "logarithms"),
    "2^NPX as NPX": (2**NPX, "npx", "linear"),
    "2^low NPX as NPX": (2 ** (NPX / 2), "npx", "linear"),
    "z of NPX as NPX": (z(NPX), "npx", "z-scores"),
    "ratios as NPX": (2 ** (NPX - np.median(NPX, axis=0)), "npx", "ratios"),
    "counts as NPX": (COUNTS, "npx", "linear"),
    "log2 on its side": (LOGS.T, "log2", "turned on its side"),
    "counts on their side": (COUNTS.T, "counts", "turned on its side"),
    "intensities on their side": (2**LOGS.T, "linear", "turned on its side"),
}  # fmt: skip
NEEDS_ALL = ("TPM", "DESeq2", "rounded RPKM", "percent", "fractions", "quantile", "by sample")
"""Samples' totals and distributions show in the whole matrix only."""


@pytest.mark.parametrize("name", TRUTHS)
def test_good_data_pass_whole_and_in_part(name):
    values, scale, kind = TRUTHS[name]
    check_scale(values, scale, kind, "m")
    for seed in range(5):
        few = np.random.default_rng(seed).permutation(values.shape[1])[:60]
        check_scale(values[:, few], scale, kind, "m")


@pytest.mark.parametrize("name", LIES)
def test_lies_are_refused_with_both_scales_and_a_remedy(name, refused):
    values, scale, seen = LIES[name]
    refused(lambda: check_scale(values, scale, "expression", "m"), f"declared as {scale}", seen)


@pytest.mark.parametrize("name", [n for n in LIES if not any(w in n for w in NEEDS_ALL)])
def test_lies_are_refused_from_some_features(name, refused):
    values, scale, _ = LIES[name]
    values = values[:200] if "side" in name else values[:, ::2]
    refused(lambda: check_scale(values, scale, "expression", "m"), f"declared as {scale}")
