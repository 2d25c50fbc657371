"""What a cohort takes from GEO: which files, where they stand there, and where they come to lie."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from immunosep_omics.settings.assays import AnyAssay
from immunosep_omics.settings.cohort import Cohort, Source

DOWNLOADS = "downloads"
"""Folder below the results that downloaded files are copied to."""


class Download(NamedTuple):
    """A file of GEO: its name, its path below GEO's address, its declared checksum."""

    name: str
    path: str
    sha256: str | None = None


def series_matrix(source: Source) -> Download:
    """The series matrix of a source that names a series."""
    accession = source.geo or ""
    platform = f"-{source.platform}" if source.platform else ""
    name = f"{accession}{platform}_series_matrix.txt.gz"
    return Download(name, f"series/{_group(accession)}/{accession}/matrix/{name}", source.sha256)


def platform_table(accession: str) -> Download:
    """The annotation that GEO keeps of a platform."""
    name = f"{accession}.annot.gz"
    return Download(name, f"platforms/{_group(accession)}/{accession}/annot/{name}")


def downloads_of(cohort: Cohort) -> list[Download]:
    """Every file that a cohort takes from GEO."""
    wanted = []
    if cohort.source is not None and cohort.source.geo is not None:
        stated = [cohort.clinical.file, *(assay.file for assay in cohort.assays.values())]
        if not all(stated):
            wanted.append(series_matrix(cohort.source))
    tables = [assay.features for assay in cohort.assays.values()]
    wanted += [platform_table(table.geo) for table in tables if table is not None and table.geo]
    return list(dict.fromkeys(wanted))


def with_downloads(cohort: Cohort, folder: Path, results: str) -> Cohort:
    """The cohort as if it stated the downloaded files itself, by paths relative to its folder."""
    if not downloads_of(cohort):
        return cohort
    # By what links lead to: the operating system follows them before it goes up with `..`.
    place = os.path.relpath(os.path.realpath(Path(results) / DOWNLOADS), os.path.realpath(folder))
    matrix = ""
    if cohort.source is not None and cohort.source.geo is not None:
        matrix = f"{place}/{series_matrix(cohort.source).name}"
    clinical = cohort.clinical.model_copy(update={"file": cohort.clinical.file or matrix})
    assays = {name: _assay(assay, matrix, place) for name, assay in cohort.assays.items()}
    return cohort.model_copy(update={"clinical": clinical, "assays": assays})


def as_input(path: Path, results: str) -> str:
    """A path as rules name it: a downloaded file by its place in the results."""
    downloaded = ".." in path.parts and path.parent.name == DOWNLOADS
    return f"{results}/{DOWNLOADS}/{path.name}" if downloaded else str(path)


def _assay(assay: AnyAssay, matrix: str, place: str) -> AnyAssay:
    features = assay.features
    if features is not None and features.geo is not None:
        file = f"{place}/{platform_table(features.geo).name}"
        features = features.model_copy(update={"file": file, "geo": None})
    return assay.model_copy(update={"file": assay.file or matrix, "features": features})


def _group(accession: str) -> str:
    """GEO's folder of an accession: GSE65682 is in GSE65nnn, GSE12 in GSEnnn."""
    return re.sub(r"\d{1,3}$", "nnn", accession)
