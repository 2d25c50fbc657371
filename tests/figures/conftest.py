"""Made-up result tables, drawn once for all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from result_tables import Shape, write_analysis

from immunosep_omics.figures.inputs import Tables, read_tables


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An analysis with two endotypes in three cohorts."""
    made = tmp_path_factory.mktemp("analysis")
    write_analysis(made, Shape(patients=12, genes=20, k=2))
    return made


@pytest.fixture
def tables(folder: Path) -> Tables:
    return read_tables(folder)


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """An analysis in which nothing applies: no factor, contrast or panel, labels from outside."""
    made = tmp_path_factory.mktemp("bare")
    write_analysis(made, Shape(k=0, factors=0, contrasts=(), panel=False))
    tables = read_tables(made)
    without = tables.endotypes.drop(columns=[c for c in tables.endotypes if c.startswith("axis_")])
    return Tables(
        **{
            **vars(tables),
            "endotypes": without.assign(endotype=None),
            "harmonisation": tables.harmonisation.iloc[:0],
            "shares": tables.shares.iloc[:0],
            "neighbours": tables.neighbours.iloc[:0],
        }
    )


@pytest.fixture(scope="session")
def one_group(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """No clusters, one cohort, one factor."""
    made = tmp_path_factory.mktemp("one_group")
    write_analysis(
        made, Shape(cohorts=("athens",), assays=("rna",), k=1, factors=1, leiden=False, patients=20)
    )
    return read_tables(made)
