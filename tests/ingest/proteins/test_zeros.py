"""Zeros that stand for what is not quantified."""

import numpy as np
import pytest

from immunosep_omics.ingest.proteins.assay import zeros_missing
from immunosep_omics.ingest.readers import matrix
from immunosep_omics.settings.assays import Matrix

RNG = np.random.default_rng(1)
LOGS = RNG.uniform(18, 34, (8, 1)) + RNG.normal(0, 1, (8, 30))


def with_zeros(values, places):
    values = values.copy()
    values.flat[list(places)] = 0
    return values


@pytest.mark.parametrize(
    ("values", "log2", "missing"),
    [
        (2**LOGS, False, 5),
        (LOGS, True, 5),
        (LOGS - 8, True, 5),
        (LOGS - LOGS.mean(axis=1, keepdims=True), True, 0),
        (LOGS - 20, True, 0),
        (np.log2(RNG.poisson(6, (8, 30)) + 1.0), True, 0),
    ],
)
def test_zeros_stand_apart_or_are_values(values, log2, missing):
    values, notes = np.where(values == 0, 1.0, values), []
    found = zeros_missing(with_zeros(values, range(0, 50, 10)), notes, log2=log2)
    assert np.isnan(found).sum() == missing
    assert [note.amount for note in notes] == ([missing] if missing else [])


def test_logarithms_of_a_plain_table(put):
    rows = ["protein,a,b,c", "P02741,21.5,0,22", "P05231,0,18.25,19", "P01375,25,26,27"]
    facts = Matrix(kind="ms_proteins", scale="log2", file="p.csv")
    raw = matrix.read(facts, put("p.csv", "\n".join([*rows, ""])))
    assert raw.values.isna().sum().sum() == 2
    assert [note[:2] for note in raw.notes] == [("zeros", 2)]


def test_only_zeros_are_left_as_they_are():
    assert (zeros_missing(np.zeros((2, 2)), [], log2=True) == 0).all()
