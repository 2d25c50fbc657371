"""Peak memory of every kernel over its input, from small inputs on: python bench/memory.py.

Writes bench/results/memory.tsv. The peak is that of NumPy's allocations in a second call (a first
one fills the caches of imported modules), the input included, over the float64 matrices given in.
It may be 6 times these, or 3 MB where that is more: below 0.5 MB, which is 1,000 features of 60
samples, working arrays do not shrink further, as that would only cost time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from harness import MOST_MEMORY, Array, collect, peak_share

from immunosep_omics.stats.batch import apply_combat, fit_combat
from immunosep_omics.stats.detection import count_detections, detection_test
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.meta import random_effects
from immunosep_omics.stats.mixed_model import fit_mixed
from immunosep_omics.stats.pooling import pool
from immunosep_omics.stats.quantile import quantile_reference, to_quantile_reference
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.rle import rle_factors
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.surrogate_variables import surrogate_variables
from immunosep_omics.stats.tmm import tmm_factors
from immunosep_omics.stats.upper_quartile import upper_quartile_factors
from immunosep_omics.stats.voom import voom
from immunosep_omics.stats.voom_quality import voom_with_sample_weights
from immunosep_omics.stats.vsn import apply_vsn, fit_vsn
from immunosep_omics.stats.vst import apply_vst, fit_vst

# Bytes that need no bar.
FREE = 3e6
# Features, samples.
SIZES = ((200, 20), (1_000, 60), (3_000, 100), (17_500, 60))
# Studies of a meta-analysis.
STUDIES = 12
# Every so many values is missing where values have gaps.
GAPS = 0.2
Task = tuple[str, Callable[[], object], list[Array]]


def tasks(features: int, samples: int) -> Iterator[Task]:
    """Name, work and inputs of every kernel at one size."""
    rng = np.random.default_rng([features, samples])
    every = np.arange(samples)
    patient, batch, alike = every // 2, every % 4, np.zeros(samples, dtype=np.intp)
    age = rng.normal(60, 12, samples).round()
    design = np.column_stack([np.ones(samples), every % 2, age, every >= samples // 2])
    values = rng.normal(7, 2, features) + rng.normal(size=(samples, features))
    values += 0.6 * np.repeat(rng.normal(size=(samples // 2, features)), 2, axis=0)
    gaps = np.where(rng.random(values.shape) < GAPS, np.nan, values)
    weights = rng.uniform(0.3, 2, values.shape)
    mean = rng.exponential(size=features) ** 3 * 150 + 0.1
    counts = rng.poisson(rng.gamma(5, 1 / 5, values.shape) * mean).astype(float)
    sizes = counts.sum(axis=1)
    intensities = np.exp2(values + 8)
    repeats = Repeats(patient, 0.3)
    asked = np.eye(4)[:, [1]]

    def fit(y: Array, **options: Any) -> object:
        return moderate(fit_linear(y, design, **options))

    def combat(y: Array, **options: Any) -> object:
        return apply_combat(fit_combat(y, batch, **options), y, batch)

    def detect(detected: Array) -> object:
        return detection_test(count_detections(detected, design[:, 1] > 0, alike))

    def voom_fit(chosen: Callable[..., Any]) -> object:
        seen = chosen(counts, design)
        return fit(seen.log_cpm, weights=seen.weights)

    for name, y in (("", values), (" with gaps", gaps)):
        yield f"linear model{name}", partial(fit, y), [y]
        yield f"linear model, weights{name}", partial(fit, y, weights=weights), [y, weights]
        yield f"linear model, repeats{name}", partial(fit, y, repeats=repeats), [y]
        yield f"correlation of repeats{name}", partial(repeat_correlation, y, design, patient), [y]
        yield f"mixed model{name}", partial(fit_mixed, y, design, asked, patient), [y]
        yield f"sample weights{name}", partial(sample_weights, y, design), [y]
        yield f"ComBat{name}", partial(combat, y), [y]
        yield f"ComBat, non-parametric{name}", partial(combat, y, parametric=False), [y]
        yield f"quantile{name}", lambda y=y: to_quantile_reference(y, quantile_reference(y)), [y]
        if name:
            yield "detection", partial(detect, ~np.isnan(y)), [y]
    yield "voom and fit", partial(voom_fit, voom), [counts]
    weighed = partial(voom_fit, lambda *given: voom_with_sample_weights(*given)[0])
    yield "voom, sample weights and fit", weighed, [counts]
    yield "TMM", partial(tmm_factors, counts, sizes), [counts]
    yield "RLE", partial(rle_factors, counts, sizes), [counts]
    yield "upper quartile", partial(upper_quartile_factors, counts, sizes), [counts]
    yield "variance stabilisation", lambda: apply_vst(fit_vst(counts), counts), [counts]
    yield "VSN", lambda: apply_vsn(fit_vsn(intensities), intensities), [intensities]
    unknown = partial(surrogate_variables, values, design[:, :2], design[:, :1], 2)
    yield "surrogate variables", unknown, [values]
    # As many numbers in all as the other inputs have.
    genes = features * samples // (2 * STUDIES) + 1
    effects = rng.normal(size=(STUDIES, genes))
    variances = np.exp(rng.uniform(-3, -0.5, size=effects.shape))
    for name, method in (("REML", pool), ("moderated", random_effects)):
        yield f"meta-analysis, {name}", partial(method, effects, variances), [effects, variances]


def row(task: str, run: Callable[[], object], inputs: list[Array]) -> dict[str, Any]:
    """One row of the table."""
    run()
    share, size = peak_share(run, inputs), sum(given.nbytes for given in inputs)
    return {
        "task": task,
        "features": inputs[0].shape[1],
        "samples": inputs[0].shape[0],
        "input_mb": f"{size / 1e6:.2f}",
        "peak_mb": f"{share * size / 1e6:.2f}",
        "memory": f"{share:.2f}",
        "missed": "" if share <= MOST_MEMORY or share * size <= FREE else "memory",
        "versions": f"numpy {np.__version__}",
    }


def main() -> None:
    """Run all rows."""
    collect("memory", [partial(row, *task) for size in SIZES for task in tasks(*size)])


if __name__ == "__main__":
    main()
