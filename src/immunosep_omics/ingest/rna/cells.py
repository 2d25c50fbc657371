"""Counts of single cells, in the forms that Cell Ranger, STARsolo and scanpy leave them in."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, did_you_mean
from immunosep_omics.ingest.files.h5ad_file import check_hdf5, open_h5ad, whole_numbers_in
from immunosep_omics.ingest.files.text_file import read_text_file, records
from immunosep_omics.settings.assays import SingleCell

EXPRESSION = "Gene Expression"

FEATURE_FILES = ("features.tsv", "genes.tsv")

MATRIX = re.compile(r"(?P<before>.*)matrix\.mtx(\.gz)?$")


GENOME = re.compile(r"(GRC[a-z]\d\d|hg\d\d|mm\d\d)_+")
"""What Cell Ranger puts before names where the reference holds several genomes."""

HUMAN = ("GRCh", "hg")


@dataclass(frozen=True)
class Cells:
    """Cells x features, of which rows can be sliced; `obs` and `var` are their annotation.

    `var`: `identifier`, `gene`, and `kind` (10x's feature type) where the file tells.
    """

    shown: str
    matrix: Any
    obs: pd.DataFrame
    var: pd.DataFrame


@contextmanager
def open_cells(path: Path, facts: SingleCell) -> Iterator[Cells]:
    """Open a 10x .h5, a `matrix.mtx` with the files beside it, or an .h5ad.

    Raises :class:`InputError` for files that cannot be read and matrices that are no counts.
    """
    name = path.name.lower()
    if name.endswith(".h5ad"):
        with open_h5ad(path) as found:
            yield _from_h5ad(found, facts, path.as_posix())
    elif name.endswith(".h5"):
        yield _from_h5(path)
    elif MATRIX.match(name):
        yield _from_mtx(path)
    else:
        raise InputError(
            Problem(
                path.as_posix(), "is no file of single cells",
                "give 10x's .h5, its matrix.mtx(.gz), or an .h5ad",
            )
        )  # fmt: skip


def _from_h5ad(found: Any, facts: SingleCell, shown: str) -> Cells:
    layers = {str(name): found.layers[name] for name in found.layers}
    own = found.var
    if facts.layer is not None:
        if facts.layer not in layers:
            raise InputError(
                Problem(
                    f"{shown} (layer)", f"there is no layer '{facts.layer}'",
                    did_you_mean(facts.layer, layers),
                )
            )  # fmt: skip
        tried = [(f"layer '{facts.layer}'", layers[facts.layer], own)]
    else:
        tried = [("X", found.X, own)] if found.X is not None else []
        tried += [("raw", found.raw.X, found.raw.var)] if found.raw is not None else []
    for _, matrix, var in tried:
        if whole_numbers_in(matrix):
            return Cells(shown, matrix, found.obs, _of_genomes(_var(var)))
    whole = [f"`layer: {name}`" for name, matrix in layers.items() if whole_numbers_in(matrix)]
    where = " and ".join(name for name, _, _ in tried) or "X"
    raise InputError(
        Problem(
            f"{shown} (layer)", f"{where} hold no counts: values are not whole, or below zero",
            f"state {' or '.join(whole)}" if whole else
            "give a file with raw counts: no layer of this one holds any"
            f" (layers: {', '.join(layers) or 'none'})",
        )
    )  # fmt: skip


def _var(var: pd.DataFrame) -> pd.DataFrame:
    """Identifiers, genes and kinds of features from the columns that scanpy and 10x name."""
    names = [str(name) for name in var.index]
    table = pd.DataFrame({"identifier": names, "gene": np.nan}, dtype=object)
    for column in ("gene_ids", "gene_id", "ensembl_id"):
        if column in var:
            table["gene"] = names
            table["identifier"] = var[column].astype(str).to_numpy()
            break
    for column in ("feature_types", "feature_type"):
        if column in var:
            table["kind"] = var[column].astype(str).to_numpy()
            break
    return table


def _of_genomes(var: pd.DataFrame) -> pd.DataFrame:
    """Names without the genome before them; genes of other genomes are another kind of feature."""
    genomes = [GENOME.match(name) for name in var["identifier"]]
    if not all(genomes):
        return var
    genome = pd.Series([match[1] for match in genomes if match], index=var.index)
    human = genome.str.startswith(HUMAN)
    kind = var.get("kind", EXPRESSION)
    stripped = var[["identifier", "gene"]].replace(GENOME, "", regex=True)
    return stripped.assign(kind=("genes of " + genome).mask(human, kind))


def _from_h5(path: Path) -> Cells:
    check_hdf5(path)
    _refuse_anndata(path)
    import scanpy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = scanpy.read_10x_h5(path, gex_only=False)
        except Exception as error:  # the reader raises whatever a file's fault leads to
            several = "genome" in str(error)
            raise InputError(
                Problem(
                    path.as_posix(),
                    "holds several genomes" if several else "is not a readable 10x .h5 file",
                    "give a file of human cells alone" if several else
                    "give Cell Ranger's filtered_feature_bc_matrix.h5; AnnData's files end in"
                    " .h5ad",
                )
            ) from None  # fmt: skip
    return Cells(path.as_posix(), found.X, found.obs, _of_genomes(_var(found.var)))


def _refuse_anndata(path: Path) -> None:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            found = {"obs", "var"} <= set(file)
    except OSError:
        return
    if found:
        raise InputError(
            Problem(path.as_posix(), "is AnnData's file, not 10x's", "give it the ending .h5ad")
        )


def _from_mtx(path: Path) -> Cells:
    """A matrix of features x cells, with `features.tsv` (or `genes.tsv`) and `barcodes.tsv`."""
    from scipy.io import mmread

    shown = path.as_posix()
    features = _beside(path, FEATURE_FILES)
    barcodes = _beside(path, ("barcodes.tsv",))
    try:
        matrix = mmread(path).tocsc()
    except FileNotFoundError:
        raise InputError(
            Problem(shown, "no such file", "check `folder` and the file's name")
        ) from None
    except (ValueError, OSError, EOFError, OverflowError, AttributeError):
        raise InputError(
            Problem(shown, "is not a readable sparse matrix in Matrix Market's format",
                    "get the file again: it may be cut short")
        ) from None  # fmt: skip
    rows = [fields for _, fields in records(read_text_file(features).data, "\t")]
    names = [fields[0] for _, fields in records(read_text_file(barcodes).data, "\t")]
    for file, count, length in (
        (features, len(rows), matrix.shape[0]), (barcodes, len(names), matrix.shape[1])
    ):  # fmt: skip
        if count != length:
            raise InputError(
                Problem(
                    file.as_posix(),
                    f"has {count:,} lines, but {path.name} {length:,}",
                    "give files of the same run: they belong together",
                )
            )
    var = pd.DataFrame(
        {
            "identifier": [fields[0] for fields in rows],
            "gene": [fields[1] if len(fields) > 1 else np.nan for fields in rows],
        },
        dtype=object,
    )
    if all(len(fields) > 2 for fields in rows):
        var["kind"] = [fields[2] for fields in rows]
    return Cells(shown, matrix.T.tocsr(), pd.DataFrame(index=pd.Index(names)), _of_genomes(var))


def _beside(path: Path, names: tuple[str, ...]) -> Path:
    """The file of one of these names, with what stands before `matrix` in the matrix's name."""
    match = MATRIX.match(path.name)
    before = match["before"] if match else ""
    wanted = [before + name + ending for name in names for ending in (".gz", "")]
    found = next((path.parent / name for name in wanted if (path.parent / name).is_file()), None)
    if found is None:
        raise InputError(
            Problem(
                path.as_posix(), f"there is no {before}{names[0]}(.gz) beside it",
                "put the three files of 10x into one folder under their own names",
            )
        )  # fmt: skip
    return found
