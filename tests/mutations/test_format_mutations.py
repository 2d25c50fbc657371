"""Damaged files of every format: each is refused by name and place, or read as if it were sound."""

import re
import sys

import numpy as np
import pytest
from damages import DAMAGES
from specimens import SPECIMENS

from immunosep_omics.errors import InputError
from immunosep_omics.ingest import READERS
from immunosep_omics.ingest.genes.features import to_genes
from immunosep_omics.settings.assays import assay_facts

LONGEST_MESSAGE = 20_000

IN_A_CELL = ("text in a value", "infinite value", "spreadsheet error", "terminal escapes")
"""Damages of one cell, whose line and column are told."""

READ_ALL_THE_SAME = {
    "a cell of many letters": set(SPECIMENS),
    "another delimiter": {
        "maxquant", "diann", "diann report", "alphadia", "spectronaut", "fragpipe", "long",
        "proteome_discoverer", "skyline", "openms", "spectromine", "metamorpheus",
    },
    **{damage: {"rsem"} for damage in IN_A_CELL},
}  # fmt: skip
"""Damages that readers of these formats need not mind: RSEM's last column is not used."""

AS_ANOTHER = {
    ("matrix", "htseq"), ("htseq", "matrix"), ("nfcore_rnaseq", "htseq"), ("diann", "htseq"),
    ("alphadia", "matrix"), ("alphadia", "htseq"), ("fragpipe", "htseq"),
    ("proteome_discoverer", "htseq"), ("rsem", "nfcore_rnaseq"), ("openms", "fragpipe"),
    ("h5ad", "tenx"), ("h5ad", "mtx"),
}  # fmt: skip
"""Formats whose files another reader takes: the same values, or what scale and names refuse."""


def read(specimen, folder, rows=None):
    facts = assay_facts(specimen.facts)
    return READERS[facts.format](facts, folder, rows)


def whole(specimen, folder):
    """Everything that ingest does with the file itself."""
    raw = read(specimen, folder)
    to_genes(raw, "assay", assay_facts(specimen.facts), folder)
    return raw.values


def told(error, specimen):
    """Each message names the file and a remedy, on lines that a terminal shows as they are."""
    for problem in error.problems:
        assert specimen.file.partition(".")[0] in problem.where
        assert str(problem).isprintable()
        assert problem.remedy
    message = str(error)
    assert len(message) < LONGEST_MESSAGE
    return message


CASES = [
    (name, damage)
    for name, specimen in SPECIMENS.items()
    for damage, make in DAMAGES.items()
    if make(specimen) is not None
]


def test_there_are_specimens_of_every_format():
    assert {s.facts["format"] for s in SPECIMENS.values()} == set(READERS) - {"reads"}
    assert len(CASES) > 450


@pytest.mark.parametrize("name", SPECIMENS)
def test_the_specimens_are_sound(tmp_path, name):
    SPECIMENS[name].write(tmp_path)
    values = whole(SPECIMENS[name], tmp_path)
    assert values.shape[1] == 12
    assert np.isfinite(values.to_numpy()).all()
    first = read(SPECIMENS[name], tmp_path, rows=200).values
    assert first.equals(values.loc[first.index])


@pytest.mark.parametrize(("name", "damage"), CASES, ids=[f"{n}: {d}" for n, d in CASES])
def test_a_damaged_file_is_refused_or_read_all_the_same(tmp_path, name, damage):
    specimen = SPECIMENS[name]
    specimen.write(tmp_path, DAMAGES[damage](specimen))
    try:
        read(specimen, tmp_path, rows=200)
    except InputError as error:
        told(error, specimen)
    try:
        values = whole(specimen, tmp_path)
    except InputError as error:
        message = told(error, specimen)
        if damage in IN_A_CELL:
            assert re.search(r":\d+, column '", message), message
    else:
        assert name in READ_ALL_THE_SAME.get(damage, ()), values


LIES = [
    (name, other)
    for name, specimen in SPECIMENS.items()
    for other, stated in SPECIMENS.items()
    if stated.facts["format"] != specimen.facts["format"] and (name, other) not in AS_ANOTHER
]


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_file_of_another_format_is_refused(tmp_path, name):
    specimen = SPECIMENS[name]
    for other in (other for lied, other in LIES if lied == name):
        stated = SPECIMENS[other]
        for file, content in stated.beside.items():
            (tmp_path / file).write_bytes(content)
        specimen.write(tmp_path)
        file = specimen.facts["file"] if stated.each and specimen.each else specimen.file
        facts = assay_facts(stated.facts | {"file": file})
        with pytest.raises(InputError) as error:
            READERS[facts.format](facts, tmp_path)
        told(error.value, specimen)


def test_a_header_of_a_million_columns_is_no_wait(tmp_path):
    header = "\t".join(["gene", *(f"x{n}" for n in range(1_000_000))])
    for name in ("matrix", "alphadia", "nfcore_rnaseq", "featurecounts"):
        specimen = SPECIMENS[name]
        specimen.write(tmp_path, f"{header}\nTNF\t1\n".encode())
        with pytest.raises(InputError) as error:
            read(specimen, tmp_path)
        assert sys.getsizeof(told(error.value, specimen)) < LONGEST_MESSAGE
