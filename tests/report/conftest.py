"""A made-up study with everything that the report reads."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "figures"))

from result_tables import HOSTILE, Shape, settings_of, write_study

from immunosep_omics.figures import FIGURE_NAMES
from immunosep_omics.figures.names import CAPTIONS
from immunosep_omics.figures.style import new_figure, nothing, save
from immunosep_omics.report.provenance import write_provenance
from immunosep_omics.tables import empty_table, read_table, write_table


def make_study(results: Path, analyses: dict[str, Shape], generated: str = "") -> None:
    """Tables, provenance and small stand-ins for the figures."""
    write_study(results, analyses, generated)
    source = results / "raw.txt"
    source.write_text("raw\n", encoding="utf-8")
    settings = settings_of(analyses, generated)
    write_provenance(settings, ["athens/raw.txt"], [source], {}, results / "provenance")
    for name in analyses:
        folder = results / "analyses" / name
        for figure in FIGURE_NAMES:
            _figure(folder, figure)


def _figure(folder: Path, name: str) -> None:
    table = read_table(folder / "biomarkers.tsv").head(20)
    drawn = new_figure(20, 10)
    if name == "markers":
        drawn, table = nothing("There are no endotypes to compare.", ["gene", "effect"])
    save(drawn, folder / "figures" / name, *CAPTIONS[name])
    write_table(table if len(table) else empty_table(["gene"]), folder / "figures" / f"{name}.tsv")


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated study with three endotypes."""
    made = tmp_path_factory.mktemp("study")
    make_study(made, {"main": Shape(patients=20, genes=30)}, "separated")
    return made


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real data, no clusters and no panel, with names that would break a careless page."""
    made = tmp_path_factory.mktemp("plain")
    shape = Shape(
        k=1, panel=False, patients=12, genes=20, gene_name=HOSTILE + "{}", contrasts=("death_28d",)
    )
    make_study(made, {"null": shape})
    status = read_table(made / "status.tsv")
    write_table(status.assign(reason=HOSTILE), made / "status.tsv")
    quality = made / "assays" / "athens" / "rna" / "qc.tsv"
    write_table(read_table(quality).assign(sample=HOSTILE), quality)
    return made
