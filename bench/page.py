"""Writes docs/benchmarks.md from bench/results: python bench/page.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness import read_results

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
SPEED = ("linear", "normalisation", "pooling", "mixed", "surrogate_variables")
Row = Mapping[str, str]

TOP = """# Benchmarks

Written by `bench/page.py` from `bench/results/*.tsv`; do not edit. Every figure that missed its
bar is marked **missed**. R runs live, in the same run and on the same machine.

## Speed against R

`make bench` (15 minutes, two quiet cores) repeats every row. Medians of {runs} runs each;
two cores, R with a threaded OpenBLAS. *Over the limit* is the time over that of the least work that
no method can avoid, measured in the same run: the two matrix products of bare least squares (linear
and mixed models), one copy of the values, which moves each byte once in and once out
(normalisation), one pass of weighing (meta-analysis), the six products of samples by samples that
give the components (surrogate variables). Memory is the peak of NumPy's allocations, the input
included, over the float64 input; its bar is 6 everywhere. *Agreement* is the largest relative
difference to R as it is (mixed models: the median over features), whose iterated searches
(correlation, REML) stop early; the next sections let them run to their end. *Others* is how many of
the two cores other programs used just before the row: with anything above 0.2 the times, on both
sides, say little.

"""

MEMORY = """
## Memory

`python bench/memory.py` (two minutes). Peak over input, as above, of inputs from 4,000 numbers on.
It may be 6, or 3 MB where that is more: the parts that features are worked on in shrink with the
input down to 0.5 MB (1,000 features of 60 samples), where shrinking further would only cost time.

"""

PARITY = """
## Agreement on real data

`python bench/parity.py FOLDER_OF_SHARED_DATA`. Largest relative difference over all features; of
values over their mean size, of a pooled effect over its error, of tau2 over the squared error. R's
iterated searches (sample weights, robust prior, correlation, REML) run until nothing changes. Times
are those of one run each.

"""

CALIBRATION = """
## Calibration on real data

`python bench/calibration.py FOLDER_OF_SHARED_DATA`. Labels permuted {permutations} times (whole
patients where samples repeat): mean share of p < 0.05 over the permutations, its SD, and what is
allowed, 3 SD / sqrt({permutations}). The interval null inside its interval, and the exact test of
detection, must stay at or below 0.05.

"""

FDR = """
Realised FDR at 0.05: {replicates} small studies drawn from the same patients, labels at random, a
tenth of the features truly different (1.5 standard deviations; counts thinned by 2^1.5).

"""

MISSED = """
Why tests miss, here and in the planted studies below (whose figures were not taken apart
again). *Sample weights in TB_indian*, 403 genes chosen because they move together (two components
are 62 % of their variance): what one common factor does to a sample looks like imprecision of the
whole sample, and weighing it away leaves too small an error. limma says the same (0.19 beside our
0.21 on 25 of the permutations, and 0.20 by its other method); see the section on sample weights.
*Repeated samples in Gisby*: one correlation stands for all genes (0.50; nine in ten are above 0.24,
one in ten above 0.80). On 60 permutations the third of the genes with the lowest correlation has a
share of 0.020, the highest 0.096; with one common correlation simulated on the same patients it is
0.050, with the genes' own correlations simulated 0.056, on the first sample of each patient 0.048,
and when every gene is given its own correlation 0.043. So what fails is the method's assumption,
which a mixed model of each gene does not make: that is the default for repeated samples.
*Negative binomial models in TB_indian* are DESeq2's by a t-distribution; by the normal one, its
default, the share was 0.079 and the false discoveries of planted studies 0.112.
"""

MIXED_LEVEL = """
## Level of mixed models

`python bench/mixed.py`. Share of p < 0.05 of 20,000 features without an effect, of a comparison
within patients and of one between them, two samples for every patient; *ratio*: variance between
patients over that within them.

"""

SAMPLE_WEIGHTS = """
## Weights of whole samples

`python bench/sample_weights.py FOLDER_OF_SHARED_DATA`. Share of p < 0.05 of features that do not
differ, means of {replicates} sets: simulated (common factors that make a share of the variance; SD
of the log2 variance between samples) and random parts of permuted real ones. *Independent*: how
many independent features would say as much, by what the weighted fit leaves. What matters is that
number, and neither how many features nor how many samples there are: what a common factor does to a
sample looks like imprecision of the whole sample, and more features that share it do not help.
With 50 or more the share was within 0.05 +- 0.01 in every setting, with fewer mostly not, and with
fewer than ten it was 0.08 to 0.21. limma says the same on the same sets. A prior in proportion to
features over independent ones (*scaled prior*) helps, and does not mend it.

"""

CONSENSUS = """
## Consensus clustering against ConsensusClusterPlus

`python bench/consensus.py` (half an hour, most of it 5,000 samples and R). {features} features,
four weak clusters, {resamples} resamples of 80 % of the samples, k = 2 to 6, matrices and labels
of every k included. Median of {runs} runs on two cores; R once, because it takes minutes, with
its plots (which cannot be turned off) drawn to nowhere; k-means of 800 samples on the numbers of
resamples named, and the rest from the time of a further one. SciPy grows trees one at a time
whatever the threads. On the resamples of ConsensusClusterPlus the matrices of hierarchical
clustering are the same to 1e-12 (`tests/golden/test_consensus_cluster_plus.py`).

"""

CONSENSUS_SEEDS = """
k-means starts at random, on either side. Root mean square difference between the consensus
matrices of two of {seeds} seeds of R ({resamples} resamples each), and between R and the package;
p: the runs of both come from one source (all ways to divide them; squared distances).

"""

CONSENSUS_LARGE = """
5,000 samples, {features} features, {resamples} resamples; the most memory that the process held.

"""


INTEGRATION = """
## Integration

One configuration, the defaults of the settings, for every set of data.

`python bench/intersim.py FOLDER_OF_SHARED_DATA` (50 minutes on two cores): three classes planted in
three omics, 200 patients; adjusted Rand index with the classes (SD), and its mean difference, with
an interval of 95 % over paired replicates, to SNF's spectral clustering; where 40 % of the patients
lack one omic, to the same way with all of them. *Default* is given the number of classes, as SNF
is; *by evidence* it finds it. Bars: the default above SNF at 0.30, no more than 0.02 below it at
0.35 and 0.40, and no more than 0.10 lost where omics lack. Given the number, all are met. By
evidence those at 0.35 and 0.40 are **missed**: too often it finds one class, or four; so is the
power at 0.40, of which 0.90 was asked. Proteins alone do
nearly as well as all omics here.

"""

BRCA = """
`python bench/brca.py FOLDER_OF_SHARED_DATA` (one minute): subtypes of 150 breast cancers in three
omics, with intervals of 95 % over patients drawn again; the test patients lack the proteins and are
placed by what was frozen.

"""

NETWORKS = """
`python bench/integrators.py PYTHON_WITH_SNFPY`: seconds on one thread, three omics of 2,600
features together. The bar, five times the speed of snfpy at 1e-12, is **missed** where marked: both
spend their time in the same products, ours with nearest neighbours only. *Others* is how many cores
other programs used just before.

"""


def table(rows: Sequence[Row], columns: Mapping[str, str]) -> str:
    """A table of Markdown; ``columns``: heading to template."""
    lines = [" | ".join(columns), "|".join("---" for _ in columns)]
    for row in rows:
        lines.append(" | ".join(template.format(**row) for template in columns.values()))
    return "".join(f"| {line} |\n" for line in lines)


def marked(rows: Sequence[Row], why: bool = True) -> list[dict[str, str]]:
    """The rows, each with its verdict."""

    def verdict(missed: str) -> str:
        return "met" if not missed else f"**missed** ({missed})" if why else "**missed**"

    return [{**row, "met": verdict(row["missed"])} for row in rows]


def versions(rows: Sequence[Row]) -> str:
    """All versions that the rows name."""
    named = {name: None for row in rows for name in row["versions"].split(", ")}
    return f"\nVersions: {', '.join(named)}.\n"


def by_size(rows: Sequence[Row]) -> str:
    """Peak memory of every kernel, a column for each size of the input."""
    sizes = list(dict.fromkeys(row["input_mb"] for row in rows if row["task"] == rows[0]["task"]))
    shown: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows):
        own = shown.setdefault(row["task"], {"task": row["task"]})
        own[f"size{number // (len(rows) // len(sizes))}"] = row["memory"] + (
            " **missed**" if row["missed"] else ""
        )
    columns = {f"{size} MB": f"{{size{place}}}" for place, size in enumerate(sizes)}
    return table(list(shown.values()), {"kernel": "{task}", **columns})


def with_ranges(rows: Sequence[Row], ranges: Mapping[str, tuple[str, ...]]) -> list[Row]:
    """The rows with cells such as `0.5 (0.4 to 0.6)`, or as much as there is of them."""

    def cell(row: Row, names: tuple[str, ...]) -> str:
        value, *limits = (row[name] for name in names)
        said = " to ".join(limit for limit in limits if limit)
        return f"{value} ({said})" if said else value

    return [{**row, **{key: cell(row, names) for key, names in ranges.items()}} for row in rows]


def consensus() -> str:
    """The section on consensus clustering."""
    names = ("consensus", "consensus_seeds", "consensus_large")
    speed, seeds, large = (marked(read_results(name)) for name in names)
    columns = {
        "clusterer": "{task}",
        "samples": "{samples}",
        "ours (s)": "{seconds}",
        "R (s)": "{r_seconds}",
        "R's resamples": "{r_resamples}",
        "ratio": "{ratio}",
        "over the limit": "{over_limit} x {limit}",
        "bar": "{bars}",
        "": "{met}",
        "others": "{cores_others_used}",
    }
    between = {
        "k": "{k}",
        "R to R": "{r_to_r_mean} (largest {r_to_r_largest})",
        "ours to R": "{own_to_r_mean} (largest {own_to_r_largest})",
        "ours to ours": "{own_to_own_mean}",
        "p": "{p_same_source}",
        "bar": "{bars}",
        "": "{met}",
    }
    most = {
        "clusterer": "{task}",
        "seconds": "{seconds}",
        "memory (GiB)": "{memory_gib}",
        "bar": "{bars}",
        "": "{met}",
        "others": "{cores_others_used}",
    }
    return "".join(
        [
            CONSENSUS.format(**speed[0]),
            table(speed, columns),
            versions(speed),
            CONSENSUS_SEEDS.format(**seeds[0]),
            table(seeds, between),
            CONSENSUS_LARGE.format(**large[0]),
            table(large, most),
        ]
    )


def render() -> str:
    """The page."""
    speed = [row for name in SPEED for row in read_results(name)]
    parity, calibration = read_results("parity"), read_results("calibration")
    fdr = read_results("fdr")
    weights = [
        {
            **row,
            "data": f"{row['data']}, {row['kind']}",
            "factors": row["factors"] or "own",
            "share": row["share"] or "own",
        }
        for row in read_results("sample_weights")
    ]
    verdicts = [marked(rows, why=False) for rows in (parity, calibration, fdr)]
    shown = marked(speed)
    for row in shown:
        own = [bar for bar in row["bars"].split(", ") if not bar.startswith("memory")]
        row["bars"] = ", ".join(own)
        if not own and not row["missed"]:
            row["met"] = ""
    return "".join(
        [
            TOP.format(runs=speed[0]["runs"]),
            table(
                shown,
                {
                    "task": "{task}",
                    "features x samples": "{features} x {samples}",
                    "ours (s)": "{seconds}",
                    "R (s)": "{r_seconds}",
                    "ratio": "{ratio}",
                    "over the limit": "{over_limit} x {limit}",
                    "memory": "{memory}",
                    "agreement": "{agreement}",
                    "bar": "{bars}",
                    "": "{met}",
                    "others": "{cores_others_used}",
                },
            ),
            versions(speed),
            MEMORY,
            by_size(read_results("memory")),
            PARITY,
            table(
                verdicts[0],
                {
                    "data": "{data}",
                    "task": "{task}",
                    "features x samples": "{features} x {samples}",
                    "quantity": "{quantity}",
                    "difference": "{difference}",
                    "bar": "{bar}",
                    "": "{met}",
                    "ours (s)": "{seconds}",
                    "R (s)": "{r_seconds}",
                },
            ),
            versions(parity),
            CALIBRATION.format(permutations=calibration[0]["permutations"]),
            table(
                verdicts[1],
                {
                    "data": "{data}",
                    "test": "{test}",
                    "features x samples": "{features} x {samples}",
                    "mean share": "{mean_share}",
                    "SD": "{sd}",
                    "allowed": "{allowed}",
                    "": "{met}",
                },
            ),
            MISSED,
            FDR.format(replicates=fdr[0]["replicates"]),
            table(
                verdicts[2],
                {
                    "data": "{data}",
                    "test": "{test}",
                    "features x patients": "{features} x {patients}",
                    "realised FDR": "{realised_fdr} +- {standard_error}",
                    "power": "{power}",
                    "bar": "{bar}",
                    "": "{met}",
                },
            ),
            MIXED_LEVEL,
            table(
                read_results("mixed_level"),
                {
                    "patients": "{patients}",
                    "ratio": "{ratio}",
                    "within": "{level_within}",
                    "between": "{level_between}",
                    "at the boundary": "{at_boundary}",
                    "converged": "{converged}",
                },
            ),
            SAMPLE_WEIGHTS.format(replicates=weights[0]["replicates"]),
            table(
                weights,
                {
                    "data": "{data}",
                    "features x samples": "{features} x {samples}",
                    "factors (share)": "{factors} ({share})",
                    "quality SD": "{quality}",
                    "independent": "{independent}",
                    "unweighted": "{unweighted}",
                    "weighted": "{weighted} +- {standard_error}",
                    "scaled prior": "{scaled_prior}",
                    "limma (ours)": "{limma}",
                },
            ),
            INTEGRATION,
            table(
                with_ranges(
                    read_results("intersim"),
                    {"index": ("ari", "sd"), "by": ("difference", "low", "high")},
                ),
                {
                    "difference of classes": "{delta}",
                    "way": "{way}",
                    "index": "{index}",
                    "over": "{versus}",
                    "by": "{by}",
                },
            ),
            BRCA,
            table(
                with_ranges(
                    read_results("brca"),
                    {
                        "index": ("ari", "low", "high"),
                        "over": ("over_snf", "over_snf_low", "over_snf_high"),
                    },
                ),
                {
                    "way": "{way}",
                    "patients": "{patients}",
                    "classes": "{classes}",
                    "index": "{index}",
                    "over SNF": "{over}",
                },
            ),
            NETWORKS,
            table(
                [
                    row if row["bars"] else {**row, "met": ""}
                    for row in marked(read_results("integrators"), why=False)
                ],
                {
                    "task": "{task}",
                    "patients": "{samples}",
                    "seconds": "{seconds}",
                    "snfpy": "{peer_seconds}",
                    "times faster": "{ratio}",
                    "difference": "{difference}",
                    "bars": "{bars}",
                    "": "{met}",
                    "others": "{cores_others_used}",
                },
            ),
            consensus(),
        ]
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
