"""Gathers what the page says, and renders it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from immunosep_omics import RESEARCH_USE, __version__
from immunosep_omics.report.cells import (
    SHOWN_ROWS,
    Download,
    Grid,
    download,
    grid,
    picture,
)
from immunosep_omics.report.planted import planted_and_found, read_truth
from immunosep_omics.report.quality import Quality, patient_flow, quality
from immunosep_omics.report.results import AnalysisResults, Results
from immunosep_omics.report.summary import about_data, findings, limits

FIGURE_ORDER = {
    "Endotypes": ("number_of_endotypes", "endotype_map", "consensus", "axes", "neighbours"),
    "Omics": ("harmonisation", "shares"),
    "Genes and proteins": ("volcano", "markers", "forest"),
    "Panels": ("panel",),
}
VARIANTS = {"Other ways of joining omics": "integrators", "Something left out": "robustness"}

DISPLAYED = 0.72
"""Pixels on the page for a pixel of the picture, which is finer for screens that can show it."""

TOP_BIOMARKERS = 10
BIOMARKER_COLUMNS = [
    "rank", "assay", "gene", "effect", "ci_low", "ci_high", "p", "fdr", "p_family", "cohorts",
    "consistent", "i2",
]  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A figure with its words and the table behind it; no picture where nothing was drawn."""

    name: str
    title: str
    caption: str
    picture: str
    width: int
    height: int
    table: Grid
    file: Download


@dataclass(frozen=True)
class Biomarkers:
    """The first biomarkers of one contrast."""

    contrast: str
    role: str
    claim: str
    table: Grid


@dataclass(frozen=True)
class AnalysisPart:
    """Everything the page says about one analysis."""

    name: str
    findings: list[str]
    figures: dict[str, list[Figure]]
    variants: dict[str, Grid]
    biomarkers: list[Biomarkers]
    biomarker_file: Download
    members: Grid
    planted: Grid | None


def render(folder: Path, analyses: Sequence[str], generated: str) -> str:
    """The page as text; see :func:`immunosep_omics.report.write_report`."""
    results = Results(folder)
    status = results.table("status")
    parts = [results.analysis(name) for name in analyses]
    qualities: list[Quality] = quality(results)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    template = environment.get_template("page.html")
    return (
        template.render(
            version=__version__,
            research_use=RESEARCH_USE,
            study=results.study,
            generated=generated,
            about=about_data(results),
            limits=limits(parts, generated),
            flow=grid(patient_flow(results, parts)),
            analyses=[_analysis(part, status, results, generated) for part in parts],
            qualities=qualities,
            status=grid(status),
            settings=results.text("provenance", "settings.yaml"),
            packages=grid(results.table("provenance", "packages")),
            inputs=grid(results.table("provenance", "inputs")),
            methods=_paragraphs(results.text("provenance", "methods.md")),
        )
        + "\n"
    )


def _analysis(
    part: AnalysisResults, status: pd.DataFrame, results: Results, generated: str
) -> AnalysisPart:
    truth = read_truth(results.folder) if generated else None
    return AnalysisPart(
        name=part.name,
        findings=findings(part, status[status["analysis"] == part.name]),
        figures=_figures(part, results),
        variants=_variants(part),
        biomarkers=_biomarkers(part.biomarkers),
        biomarker_file=download(
            part.folder / "biomarkers.tsv", results.folder, f"{part.name}_biomarkers.tsv"
        ),
        members=grid(part.panel_members, 2 * SHOWN_ROWS),
        planted=None if truth is None else grid(planted_and_found(truth, part)),
    )


def _variants(part: AnalysisResults) -> dict[str, Grid]:
    """The tables of variants that were asked for."""
    tables = {heading: part.compared(name) for heading, name in VARIANTS.items()}
    return {heading: grid(table) for heading, table in tables.items() if len(table) > 1}


def _figures(part: AnalysisResults, results: Results) -> dict[str, list[Figure]]:
    return {
        heading: [_figure(part, results, name) for name in names]
        for heading, names in FIGURE_ORDER.items()
    }


def _figure(part: AnalysisResults, results: Results, name: str) -> Figure:
    path = part.folder / "figures" / f"{name}.png"
    words, size = _inside(path)
    behind = results.table("analyses", part.name, "figures", name)
    return Figure(
        name=name,
        title=words.get("Title", name),
        caption=words.get("Description", ""),
        picture=picture(path) if len(behind) else "",
        width=round(size[0] * DISPLAYED),
        height=round(size[1] * DISPLAYED),
        table=grid(behind, SHOWN_ROWS),
        file=download(path.with_suffix(".tsv"), results.folder, f"{part.name}_{name}.tsv"),
    )


def _inside(path: Path) -> tuple[dict[str, str], tuple[int, int]]:
    """Title and description that travel inside a PNG file, and its size in pixels."""
    from PIL import Image

    with Image.open(path) as image:
        return {str(key): str(value) for key, value in image.info.items()}, image.size


def _biomarkers(table: pd.DataFrame) -> list[Biomarkers]:
    return [
        Biomarkers(
            contrast=str(contrast),
            role=str(of["role"].iloc[0]),
            claim=str(claim),
            table=grid(_told(of.sort_values("rank")[BIOMARKER_COLUMNS]), TOP_BIOMARKERS),
        )
        for (contrast, claim), of in table.groupby(["contrast", "claim"], sort=False)
    ]


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """Without the p-values of a family where nothing is confirmatory."""
    return table.drop(columns="p_family") if table["p_family"].isna().all() else table


def _paragraphs(markdown: str) -> list[tuple[str, str]]:
    """Blocks of simple markdown, each as (tag, text)."""
    blocks = [block.strip() for block in markdown.split("\n\n") if block.strip()]
    return [
        ("h4", block.lstrip("# ")) if block.startswith("#") else ("p", block) for block in blocks
    ]
