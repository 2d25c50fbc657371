"""What a method of differential analysis cannot answer, whatever was measured.

The check before a run and the analysis itself ask here, so that the first foretells the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from immunosep_omics.stats.minimum import repeats_tell

FREE = 2
"""Samples beyond the coefficients, with which a design leaves something to estimate variances."""


def cannot_answer(
    choices: Mapping[str, Any], *, counted: bool, joint: bool, samples: int, patients: int,
    coefficients: int,
) -> str:  # fmt: skip
    """Why the chosen method has no answer; nothing where it can have one.

    `choices`: as `settings.analysis.Differential` dumps them. `counted`: the features are counts;
    `joint`: several questions are asked together; `patients`: of whom the samples are;
    `coefficients`: independent ones of the design, unknown covariates not yet counted.
    """
    stated = choices["surrogate_variables"]
    hidden = 0 if stated == "estimate" else int(stated)
    if hidden and samples - coefficients - hidden < FREE:
        return f"too few samples for {hidden} surrogate variable{'s' * (hidden > 1)}"
    repeated = patients < samples
    if not counted or choices["counts"] != "negative_binomial":
        one_correlation = repeated and (joint or choices["repeated"] == "correlation")
        if one_correlation and not repeats_tell(samples, patients, coefficients + hidden):
            return "too few patients have several samples to tell how these correlate"
        return ""
    if joint:
        return (
            "negative binomial models answer one question at a time, and this asks several"
            " together: take `counts: voom`"
        )
    if repeated:
        return (
            "negative binomial models take one sample per patient, and some have several: take"
            " `counts: voom`, or `samples: earliest`"
        )
    return ""
