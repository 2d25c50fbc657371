"""The files that a cohort's facts name; `*` in a path stands for the sample's name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from immunosep_omics.settings.assays import SAMPLE_MARK, Assay, Reads, SingleCell
from immunosep_omics.settings.cohort import Clinical

Key = tuple[str, ...]

BESIDE_10X = ("barcodes.tsv", "features.tsv", "genes.tsv")
"""What lies beside `matrix.mtx` in the folders that Cell Ranger writes."""


def stated_files(
    clinical: Clinical | None, assays: Mapping[str, Assay], multiqc: str | None
) -> Iterator[tuple[Key, str]]:
    """Key and path of every file that a cohort states; a path may hold one `*`."""
    for key, file in _clinical_files(clinical) if clinical else ():
        yield ("clinical", *key), file
    for name, assay in assays.items():
        for key, file in _assay_files(assay):
            yield ("assays", name, *key), file
    if multiqc is not None:
        yield ("multiqc",), multiqc


def clinical_files(facts: Clinical, folder: Path) -> list[Path]:
    """Every file that a cohort's clinical part is read from."""
    return [path for _, file in _clinical_files(facts) for path in named_by(folder, file, True)]


def assay_files(facts: Assay, folder: Path) -> list[Path]:
    """Every file that an assay is read from."""
    found = [path for _, file in _assay_files(facts) for path in named_by(folder, file, True)]
    if isinstance(facts, SingleCell):
        found += [path for matrix in found for path in beside_10x(matrix)]
    return found


def beside_10x(matrix: Path) -> list[Path]:
    """The files of cells and features beside a `matrix.mtx`, or GEO's `GSM1_matrix.mtx.gz`."""
    prefix, mark, _ = matrix.name.rpartition("matrix.mtx")
    if not mark:
        return []
    names = [prefix + name + ending for name in BESIDE_10X for ending in ("", ".gz")]
    return [matrix.parent / name for name in names if is_file(matrix.parent / name)]


def sample_files(folder: Path, pattern: str) -> dict[str, Path]:
    """Sample name and file of each file that `pattern` names, by name.

    `*` stands for a part of a path or a piece of it, never for several parts; where it stands
    twice (`star/*/*_ReadsPerGene.out.tab`), for the same name. Without `*`, the pattern is one
    file whose stem is the sample's name. No file gives an empty dict.
    """
    if SAMPLE_MARK not in pattern:
        path = folder / pattern
        return {_stem(path.name): path} if is_file(path) else {}
    first, *others = (re.escape(part) for part in pattern.split(SAMPLE_MARK))
    whole = re.compile(f"{first}([^/]+)" + r"\1".join(others))
    # Of glob's marks only the star is ours: a folder may be named `run[1]`.
    literal = re.sub(r"[?[]", r"[\g<0>]", pattern)
    found = {}
    for path in sorted(folder.glob(literal)):
        match = whole.fullmatch(path.relative_to(folder).as_posix())
        if match and is_file(path):
            found[match.group(1)] = path
    return found


def named_by(folder: Path, file: str, stated: bool = False) -> list[Path]:
    """The files that a path or pattern names; with `stated`, a plain path whether it exists."""
    if SAMPLE_MARK in file:
        return list(sample_files(folder, file).values())
    path = folder / file
    return [path] if stated or is_file(path) else []


def is_file(path: Path) -> bool:
    """True for a file that is there; False also for names that no file can have."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """True for a folder that is there, like :func:`is_file`."""
    try:
        return path.is_dir()
    except OSError:
        return False


def leaves(folder: Path, file: str) -> bool:
    """True where a path leads out of the folder; a link inside it may point anywhere.

    A path that goes up again is followed as the operating system does, links first.
    """
    if Path(file).is_absolute() or Path(os.path.normpath(file)).parts[:1] == ("..",):
        return True
    inside = Path(os.path.realpath(folder / file)).is_relative_to(os.path.realpath(folder))
    return ".." in Path(file).parts and not inside


def _clinical_files(facts: Clinical) -> Iterator[tuple[Key, str]]:
    if facts.file:
        yield ("file",), facts.file
    for name, table in facts.tables.items():
        yield ("tables", name, "file"), table.file


def _assay_files(facts: Assay) -> Iterator[tuple[Key, str]]:
    if facts.file:
        yield ("file",), facts.file
    if isinstance(facts, Reads):
        if facts.second is not None:
            yield ("second",), facts.second
        yield ("reference",), facts.reference
    for part in ("features", "transcripts", "samples"):
        table = getattr(facts, part, None)
        if table is not None and table.file is not None:
            yield (part, "file"), table.file


def _stem(name: str) -> str:
    return name.removesuffix(".gz").rpartition(".")[0] or name
