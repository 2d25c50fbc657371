"""Voom for samples of unequal quality: precision of values and of whole samples together."""

from __future__ import annotations

import numpy as np

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

    def once(quality: Float | None) -> tuple[Voom, Float]:
        seen = voom(counts, design, library_sizes, quality, span=span)
        return seen, sample_weights(seen.log_cpm, design, seen.weights, groups)

    seen, quality = once(once(None)[1])
    np.multiply(seen.weights, quality[:, None], out=seen.weights)
    return seen, quality
