"""Voom for samples of unequal quality: precision of values and of whole samples together."""

from __future__ import annotations

from dataclasses import replace

from immunosep_omics.stats.arrays import Float, Integer
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.voom import Voom, voom


def voom_with_sample_weights(
    counts: Float,
    design: Float,
    library_sizes: Float | None = None,
    groups: Integer | None = None,
    span: float = 0.5,
) -> tuple[Voom, Float]:
    """``voom`` whose weights are multiplied by those of the samples, and the latter (samples,).

    Trend and sample weights are each estimated twice, the second time with the other's first.
    Arguments as of ``voom`` and ``sample_weights``. Source: Liu et al. 2015,
    doi:10.1093/nar/gkv412. Agrees with ``limma::voomWithQualityWeights(method = "reml")`` to 1e-5.
    """
    first = voom(counts, design, library_sizes, span=span)
    quality = sample_weights(first.log_cpm, design, first.weights, groups)
    second = voom(counts, design, library_sizes, quality, span=span)
    quality = sample_weights(second.log_cpm, design, second.weights, groups)
    return replace(second, weights=second.weights * quality[:, None]), quality
