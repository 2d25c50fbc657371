"""Columns of another species' genes."""

import time

import pytest

from immunosep_omics.identifiers import foreign_names, gene_table, name_genes
from immunosep_omics.identifiers.species import species_of

MOUSE = (
    "Gapdh Actb Tnf Il6 Cd3e Mt1 Ifng 1700001A01Rik Gm12345 Tlr4 Cxcl1 Ccl2 Elane Mpo Ly6g S100a8"
    " S100a9 Arg1 Nos2 Hba-a1 mt-Nd1 H19"
).split()


def foreign(names):
    return foreign_names(names, name_genes(names)["route"].tolist())


@pytest.mark.parametrize(
    ("names", "species"),
    [
        (MOUSE, "mouse or rat"),
        ([f"ENSMUSG000000{n:05d}.3" for n in range(30)], "mouse"),
        ([f"mm10___Abc{n}" for n in range(30)], "mouse"),
        ([f"ENSRNOG000000{n:05d}" for n in range(30)], "rat"),
        ([f"FBgn{n:07d}" for n in range(30)], "fruit fly"),
        ([f"ENSBTAG000000{n:05d}" for n in range(30)], "another species"),
        ([f"sp|Q0000{n % 10}|A{n}_MOUSE" for n in range(30)], "mouse"),
    ],
)
def test_other_species(names, species):
    found = foreign(names)
    assert found is not None
    assert found[0] == species
    assert found[1] > 0.8


def test_human_columns_and_few_names():
    human = list(gene_table().symbols)[:2000]
    assert foreign(human) is None
    assert foreign(MOUSE[:5]) is None
    assert foreign([*human[:100], *MOUSE]) is None
    assert foreign([f"probe_{n}" for n in range(50)]) is None


def test_no_human_symbol_looks_like_another_species():
    assert [name for name in gene_table().symbols if species_of(name)] == []


def test_an_endless_name_is_no_wait():
    start = time.process_time()
    for name in ("x" * 10**6, "X" + "x" * 10**6, "A1" * 10**5 + "_"):
        species_of(name)
    assert time.process_time() - start < 5
