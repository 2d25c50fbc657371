"""Reads the tables R made; see make_goldens.R."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

FOLDER = Path(__file__).parent
Matrix = NDArray[np.float64]


def _read(name: str) -> Matrix:
    path = FOLDER / f"{name}.tsv"
    table = np.genfromtxt(path, delimiter="\t", skip_header=1, missing_values="NA", ndmin=2)
    return np.asarray(table, dtype=np.float64)


@pytest.fixture
def rows() -> Callable[[str], Matrix]:
    """Reads one table as it stands: features in rows."""
    return _read


@pytest.fixture
def samples() -> Callable[[str], Matrix]:
    """Reads one table turned round: samples in rows."""
    return lambda name: np.ascontiguousarray(_read(name).T)


@pytest.fixture
def columns() -> Callable[[str], dict[str, Matrix]]:
    """Reads the named columns of one table."""

    def read(name: str) -> dict[str, Matrix]:
        with (FOLDER / f"{name}.tsv").open(encoding="utf-8") as file:
            header = file.readline().rstrip("\n").split("\t")
        return dict(zip(header, _read(name).T, strict=True))

    return read
