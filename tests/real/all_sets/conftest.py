"""The shared data as links in a folder of the test's own, with the sheets that some sets lack."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

PROTEINS = "formats/msstatsconvert_raw"
ERR = ["ERR188021", "ERR188297"]
HELA = "20231024_OA3_TiHe_ADIAMA_HeLa_200ng_Evo01_21min_F-40_iO_before_0"
AFTER = "20231023_OA3_TiHe_ADIAMA_HeLa_200ng_Evo01_21min_F-40_iO_after_0"

NAMED = {
    "airway": [f"SRR10395{n:02}" for n in (8, 9, 12, 13, 16, 17, 20, 21)],
    "alphadia": [run + str(n) for run in (HELA, AFTER) for n in (1, 2, 3)],
    "featurecounts": [f"P1234_{n}" for n in (101, 102, 103)],
    "salmon": ERR, "kallisto": ERR, "rsem": ERR[:1], "star": ["ERR458837"], "tenx": ["3.0.0"],
    "htseq_mouse": ["ts"],
    "htseq_pasilla": [
        *(f"untreated{n}" for n in (1, 2, 3, 4)), *(f"treated{n}" for n in (1, 2, 3)),
    ],
    "olink_parquet": ["Sample_1"], "somascan": [str(n) for n in range(1, 10)],
    "pbmc68k": ["G1", "S", "G2M"],
}  # fmt: skip
"""Sets without a sheet of samples: the names, as their folders and headers have them."""

COLUMNS = {
    "ms_diann": ("DIANN/diann_input.tsv", "Run"),
    "ms_fragpipe": ("FragPipe/fragpipe_input.csv", "Run"),
    "ms_openms": ("OpenMS/openms_input.csv", "Run"),
    "ms_openswath": ("OpenSWATH/openswath_input.csv", "filename"),
    "ms_pd": ("PD/pd_input.csv", "Spectrum.File"),
    "ms_skyline": ("Skyline/skyline_input.csv", "File.Name"),
    "ms_spectronaut": ("Spectronaut/spectronaut_input.csv", "R.FileName"),
    "ms_metamorpheus": ("Metamorpheus/AllQuantifiedPeaks.tsv", "File Name"),
}
"""Long tables: the column that holds the samples."""

ENDINGS = (".raw", ".mzXML.gz")


def _long(path: Path, column: str) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    mark = "\t" if "\t" in text.partition("\n")[0] else ","
    names = dict.fromkeys(row[column] for row in csv.DictReader(text.splitlines(), delimiter=mark))
    return [_bare(name) for name in names]


def _bare(name: str) -> str:
    last = name.rpartition("/")[2]
    return next((last.removesuffix(e) for e in ENDINGS if last.endswith(e)), last)


def _first_row_that_begins(path: Path, begin: str) -> list[str]:
    with gzip.open(path, "rt") as file:
        return next(line for line in file if line.startswith(begin)).rstrip("\n").split("\t")


def _olink_rows(path: Path, sheet: str) -> list[str]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    names = [str(row[0]).strip() for row in book[sheet].iter_rows(max_col=1, values_only=True)]
    return [name for name in names if name.startswith("RUMC")]


def _sheets(data: Path) -> Iterator[tuple[str, list[str]]]:
    """Path and samples of every sheet that the shared data lack."""
    for name, samples in NAMED.items():
        yield f"formats/{name}.csv", samples
    for name, (file, column) in COLUMNS.items():
        yield f"formats/{name}.csv", _long(data / PROTEINS / file, column)
    runs = _long(data / PROTEINS / "PDTMT/pdtmt_input.csv", "Spectrum.File")
    channels = ["126", *(f"{n}{c}" for n in (127, 128, 129, 130) for c in "NC"), "131"]
    yield "formats/ms_pdtmt.csv", [f"{run}_{channel}" for run in runs for channel in channels]
    with (data / PROTEINS / "MaxQuant/mq_pg.csv").open(newline="") as file:
        header = next(csv.reader(file))
    intensity = [name for name in header if name.startswith("Intensity.")]
    yield "formats/ms_maxquant.csv", [name.removeprefix("Intensity.") for name in intensity]
    soft = _first_row_that_begins(data / "formats/geo/GDS507.soft.gz", "ID_REF")
    yield "formats/gds507.csv", soft[2:]
    for plate in (1, 2):
        for sheet in ("original", "final"):
            book = data / f"olink_covid/Radboud_integration_INF_pl{plate}.xlsx"
            samples = _olink_rows(book, f"Radboud {sheet}")
            yield f"olink_covid/radboud_pl{plate}_{sheet}.csv", samples


@pytest.fixture(scope="session")
def linked_data(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shared")
    for file in sorted(real_data.rglob("*")):
        if file.is_file():
            link = folder / file.relative_to(real_data)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file)
    for path, samples in _sheets(real_data):
        quoted = "".join(f'"{sample}"\n' for sample in samples)
        (folder / path).write_text(f"sample\n{quoted}", encoding="utf-8")
    return folder
