"""Negative binomial models of counts, by PyDESeq2, whose import takes two seconds."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from pydeseq2.dds import DeseqDataSet
from pydeseq2.default_inference import DefaultInference
from pydeseq2.ds import DeseqStats
from scipy.stats import gmean

from immunosep_omics.differential.problem import Estimates, Problem, single_estimates
from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.vst import dispersion_trend


def estimate_negative_binomial(problem: Problem, beyond: float) -> Estimates:
    """Wald's test of one question, samples all of different patients, as DESeq2 does it.

    With the library sizes of the normalisation, and by a t-distribution of the samples beyond the
    coefficients (DESeq2's `useT`): the normal one takes the dispersion for known, and lets through
    far more false discoveries. Dispersions are shrunk towards their trend; counts that are outliers
    by Cook's distance are replaced where seven samples or more are alike, and leave a feature
    without an answer elsewhere.
    Source: Love et al. 2014, doi:10.1186/s13059-014-0550-8.
    Raises ValueError where there are no counts.
    """
    if problem.counts is None or problem.sizes is None:
        raise ValueError("a negative binomial model needs counts")
    table = _fit(problem.counts, problem.sizes, problem.design, problem.contrasts[:, 0])
    estimate, error = table["log2FoldChange"].to_numpy(), table["lfcSE"].to_numpy()
    answered = (table["pvalue"].notna() & (table["lfcSE"] > 0)).to_numpy()
    answered &= (~np.isnan(problem.values)).any(axis=0)
    estimate, error = (np.where(answered, x, np.nan) for x in (estimate, error))
    outlying = int((table["pvalue"].isna() & (table["lfcSE"] > 0)).sum())
    plural = "" if outlying == 1 else "s"
    notes = (f"{outlying} feature{plural} with an outlying count not answered",) * (outlying > 0)
    df = np.full(len(estimate), float(np.subtract(*problem.design.shape)))
    spread = error / _unscaled(problem.design, problem.contrasts[:, 0])
    return single_estimates(estimate, error, spread, df, beyond, notes)


class _Inference(DefaultInference):
    """PyDESeq2's, but for the trend of dispersions, which is DESeq2's own.

    PyDESeq2 lets features whose dispersion is at its lower bound shape the trend.
    """

    def dispersion_trend_gamma_glm(
        self, covariates: pd.Series, targets: pd.Series
    ) -> tuple[Float, Float, bool]:
        inverse_level, dispersion = covariates.to_numpy(), targets.to_numpy()
        asymptotic, extra = dispersion_trend(1 / inverse_level, dispersion)
        return np.array([asymptotic, extra]), asymptotic + extra * inverse_level, True


def _fit(counts: Float, sizes: Float, design: Float, contrast: Float) -> pd.DataFrame:
    """PyDESeq2's table of one contrast, in the order of the features."""
    samples = [str(number) for number in range(len(counts))]
    columns = [f"c{number}" for number in range(design.shape[1])]
    inference = _Inference(n_cpus=1)
    with warnings.catch_warnings():
        # A trend that does not fit is replaced by the mean, as DESeq2 does, and is no failure.
        warnings.simplefilter("ignore")
        data = DeseqDataSet(
            counts=pd.DataFrame(counts.astype(int), index=samples),
            metadata=pd.DataFrame(index=samples),
            design=pd.DataFrame(design, index=samples, columns=columns),
            inference=inference,
            quiet=True,
        )
        # What `deseq2()` does, with sizes that are known.
        data.obs["size_factors"] = sizes / gmean(sizes)
        data.layers["normed_counts"] = counts / data.obs["size_factors"].to_numpy()[:, None]
        data.var["_normed_means"] = data.layers["normed_counts"].mean(axis=0)
        data.fit_genewise_dispersions()
        data.fit_dispersion_trend()
        data.fit_dispersion_prior()
        data.fit_MAP_dispersions()
        data.fit_LFC()
        data.calculate_cooks()
        data.refit()
        data.cooks_outlier()
        test = DeseqStats(data, contrast, independent_filter=False, inference=inference, quiet=True)
        test.summary()
    return test.results_df


def _unscaled(design: Float, contrast: Float) -> float:
    """The error of an estimate where samples spread around the model with standard deviation 1."""
    half = np.linalg.lstsq(design.T, contrast, rcond=None)[0]
    return float(np.linalg.norm(half))
