"""AnnData files from elsewhere, opened without reading their matrix."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from immunosep_omics.errors import InputError, Problem

HDF5 = b"\x89HDF"

LOOKED_AT = 2000
"""Rows that tell whether a matrix holds counts."""

BARCODE = r"[ACGT]{12,}"
"""What is in the name of a cell, and in no sample's."""


@contextmanager
def open_h5ad(path: Path) -> Iterator[Any]:
    """An AnnData whose X stays on disk until it is sliced.

    Raises :class:`InputError` for files that are not there, are no .h5ad, or are cut short.
    """
    import anndata

    shown = path.as_posix()
    check_hdf5(path)
    with warnings.catch_warnings():
        # Repeated names and old versions of the format are dealt with, not commented on.
        warnings.simplefilter("ignore")
        try:
            found = anndata.read_h5ad(path, backed="r")
        except Exception as error:  # the reader raises whatever a file's fault leads to
            raise InputError(
                Problem(
                    shown, f"is not a readable .h5ad file ({type(error).__name__})",
                    "write it again with anndata's write_h5ad; 10x's own .h5 is"
                    " `format: single_cell`",
                )
            ) from None  # fmt: skip
        try:
            yield found
        finally:
            found.file.close()


def check_hdf5(path: Path) -> None:
    """Raise :class:`InputError` where a file is not there or is not HDF5 at all."""
    shown = path.as_posix()
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except FileNotFoundError:
        raise InputError(
            Problem(shown, "no such file", "check `folder` and the file's name")
        ) from None
    except OSError as error:
        raise InputError(
            Problem(shown, f"cannot be read ({error.strerror})", "get the file again")
        ) from None
    if start != HDF5:
        packed = " (it is compressed: unpack it)" if start[:2] == b"\x1f\x8b" else ""
        raise InputError(
            Problem(shown, f"is not an HDF5 file{packed}", "give the .h5ad or .h5 file itself")
        )


def whole_numbers_in(matrix: Any) -> bool:
    """True where the values of the first rows are whole and not below zero, as counts are."""
    block = matrix[:LOOKED_AT]
    values = np.asarray(block.data if hasattr(block, "toarray") else block)
    return bool(np.all(values >= 0) and np.all(values == np.floor(values)))


def dense(block: Any) -> Any:
    """A slice of a matrix as a numpy array, whether it is sparse or not."""
    return block.toarray() if hasattr(block, "toarray") else block
