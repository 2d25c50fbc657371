"""One page about the quality of one cohort: what is flagged, what it means, what was dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from immunosep_omics import RESEARCH_USE, __version__
from immunosep_omics.report.cells import Grid, grid
from immunosep_omics.report.dots import DotPlot, dot_plot
from immunosep_omics.tables import read_table, write_text

MEANING = {
    "outlier": (
        "Far from the other samples of the assay: a failed library or run, a clotted tube, or a"
        " patient who truly differs.",
        "Ask the laboratory. Keep it where only the patient is unusual.",
    ),
    "qc_warning": (
        "The laboratory's own quality control warned of the sample.",
        "Read the laboratory's report. A warning is mild; failed or excluded samples should go.",
    ),
    "below_lod": (
        "Most of its values are below the limit of detection: too little material, or too dilute.",
        "Compare the volume and storage of the sample with the others'; leave it out if it failed.",
    ),
    "globin": (
        "Globin genes take a large part of the library, as without globin depletion; other genes"
        " are measured with fewer reads.",
        "Nothing where all samples are alike; where some were depleted, adjust for it.",
    ),
    "sex_conflict": (
        "Genes of the X and Y chromosome contradict the clinical table: a mix-up of samples, or a"
        " mistake in the table.",
        "Look the patient's sex up. If the table is right, the values belong to somebody else:"
        " leave the sample out until you know to whom.",
    ),
    "duplicate": (
        "As good as the same as another sample: one tube measured twice, or one file copied under"
        " two names.",
        "Keep one of two samples of one patient. Of two patients, one has the other's values:"
        " leave both out until you know which.",
    ),
    "swap": (
        "Its second assay fits another sample, and that sample's fits this one: names that were"
        " mixed up.",
        "Follow both samples through the laboratory's lists, and correct `samples` in the cohort's"
        " file. Leave them out if that cannot be settled.",
    ),
}
"""What a flag says, and what to do about it."""

MEASURES = {
    "total": "library size (counts)",
    "detected": "detected features",
    "missing_share": "share of missing values",
    "median_correlation": "typical correlation with the others",
    "globin_share": "share of globin genes",
    "mitochondrial_share": "share of mitochondrial genes",
    "below_lod_share": "share below the limit of detection",
}
RNA = ("rna_counts", "rna_array", "expression")
DROPPED = "drop_samples"
MOST_FLAGS = 200


@dataclass(frozen=True)
class AssayQuality:
    """What the page says of one assay."""

    name: str
    kind: str
    samples: int
    flagged: int
    features: str
    sexes: str
    plots: list[DotPlot]
    drift: Grid
    drifting: str
    steps: Grid


def write_quality_page(
    results: Path, cohort: str, assays: Mapping[str, str], generated: str, output: Path
) -> None:
    """Write the page, which carries everything and fetches nothing.

    `assays`: kind by name. `generated`: the world that the study was generated from, if it was.
    """
    flags = read_table(results / "cohorts" / cohort / "flags.tsv")
    multiqc = read_table(results / "cohorts" / cohort / "multiqc.tsv")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    counts = flags.groupby("flag", sort=False)["sample"].agg(["count", "nunique"])
    page = environment.get_template("cohort_quality.html").render(
        version=__version__,
        research_use=RESEARCH_USE,
        generated=generated,
        cohort=cohort,
        counts=[
            (flag, int(counts.loc[flag, "nunique"]), *MEANING[flag])
            for flag in MEANING
            if flag in counts.index
        ],
        flags=grid(flags.drop(columns=["cohort"]).dropna(axis="columns", how="all"), MOST_FLAGS),
        compared=grid(_compared(results, cohort, assays)),
        dropped=grid(_dropped(results, cohort, assays)),
        assays=[_assay(results, cohort, name, kind, flags) for name, kind in assays.items()],
        multiqc=grid(multiqc, MOST_FLAGS) if len(multiqc) else None,
    )
    write_text(page + "\n", output)


def _dropped(results: Path, cohort: str, assays: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for name in assays:
        steps = read_table(results / "assays" / cohort / name / "normalisation.tsv")
        rows += [(name, reason) for reason in steps.loc[steps["step"] == DROPPED, "reason"]]
    return pd.DataFrame(rows, columns=["assay", "sample and reason"])


def _assay(results: Path, cohort: str, name: str, kind: str, flags: pd.DataFrame) -> AssayQuality:
    folder = results / "assays" / cohort / name
    quality, features = read_table(folder / "qc.tsv"), read_table(folder / "feature_qc.tsv")
    drift, steps = read_table(folder / "drift.tsv"), read_table(folder / "steps.tsv")
    own = flags[flags["assay"] == name]
    flagged = quality["sample"].isin(own["sample"]).to_numpy()
    return AssayQuality(
        name=name,
        kind=kind,
        samples=len(quality),
        flagged=int(flagged.sum()),
        features=_about_features(features),
        sexes=_about_sex(quality, kind),
        plots=_plots(quality, flagged),
        drift=grid(drift),
        drifting=_about_drift(drift),
        steps=grid(steps[["step", "count", "reason"]]),
    )


def _plots(quality: pd.DataFrame, flagged: np.ndarray) -> list[DotPlot]:
    names = quality["sample"].astype(str).tolist()
    drawn = [
        dot_plot(title, names, quality[column].to_numpy(dtype=float), flagged)
        for column, title in MEASURES.items()
        if column in quality and quality[column].nunique() > 1
    ]
    return [plot for plot in drawn if plot is not None]


def _about_features(features: pd.DataFrame) -> str:
    rare = int((features["detected_share"] < 0.5).sum())
    single = int((features["outlier"] == "yes").sum())
    text = f"{len(features):,} features; {rare:,} detected in fewer than half of the samples"
    text += f"; {single:,} vary mostly by a single sample"
    below = features["below_lod_share"]
    if below.notna().any():
        text += f"; {int((below > 0.5).sum()):,} mostly below the limit of detection"
    return text + "."


def _about_drift(drift: pd.DataFrame) -> str:
    """Which measures follow which suspect, in words; nothing where none does."""
    found = drift[drift["drift"] == "yes"]
    told = []
    for row in found.to_dict("records"):
        component = re.fullmatch(r"component_(\d)", str(row["measure"]))
        measure = (
            f"component {component[1]} ({row['variance_share']:.0%} of the variance)"
            if component else str(row["measure"]).replace("_", " ")
        )  # fmt: skip
        told.append(f"{measure} differs with the {row['by']}")
    return "; ".join(told)


def _compared(results: Path, cohort: str, assays: Mapping[str, str]) -> pd.DataFrame:
    """How much each two assays share, on which depends whether exchanged samples can be seen."""
    own = {
        name: tuple(
            set(read_table(results / "assays" / cohort / name / f"{table}.tsv")[column])
            for table, column in (("qc", "sample"), ("feature_qc", "gene"))
        )
        for name in assays
    }
    rows = [
        (f"{one} and {other}", *(len(a & b) for a, b in zip(own[one], own[other], strict=True)))
        for one, other in combinations(assays, 2)
    ]
    return pd.DataFrame(rows, columns=["assays", "samples with both", "genes in both"])


def _about_sex(quality: pd.DataFrame, kind: str) -> str:
    known = quality["sex_expressed"].notna().sum()
    if not known and kind not in RNA:
        return "Sex can be told from RNA only."
    if not known:
        return (
            "Sex was not compared: XIST and genes of the Y chromosome are not there, or do not"
            " part the samples in two groups."
        )
    conflicts = int((quality["sex_conflict"] == "yes").sum())
    compared = int(quality["sex_conflict"].notna().sum())
    return (
        f"Sex is plain from expression in {known} of {len(quality)} samples; compared with the"
        f" clinical table in {compared}, in conflict in {conflicts}."
    )
