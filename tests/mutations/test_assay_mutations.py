"""Assay files that are not what their facts say: each is told with file, line, column or key."""

import gzip
import zipfile

import numpy as np
import pytest

COUNTS, PROTEINS, NPX = "data/a/counts.tsv", "data/a/proteins.tsv", "data/a/npx.csv"
FEATURECOUNTS, METABOLITES = "data/b/counts.txt", "data/b/metabolites.csv"
A, B = "cohorts/a.yaml", "cohorts/b.yaml"


def _cell(file, row, column, value, delimiter="\t"):
    """Sets one cell; rows and columns count from 1."""

    def change(rows):
        rows[row - 1][column - 1] = value

    return lambda study: study.rows(file, change, delimiter)


def _values(file, change, delimiter="\t"):
    return lambda study: study.values(file, change, delimiter)


def _set(row, column, value):
    def change(frame):
        frame = frame.astype(float)
        frame.iloc[row, column] = value
        return frame

    return change


def _compressed(study, cut=0):
    data = gzip.compress(study.text(COUNTS).encode())
    study.write("data/a/counts.tsv.gz", data[: len(data) - cut] if cut else data)
    study.replace(A, "counts.tsv", "counts.tsv.gz")


def _bomb(study):
    """A workbook whose sheet unpacks to three gigabytes of nothing, though it is small."""
    with zipfile.ZipFile(study.folder / "data/a/counts.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(96):
                member.write(b" " * (1 << 20))
    study.replace(A, "counts.tsv", "counts.xlsx")


def _wide_header(study):
    head = "gene\t" + "\t".join(f"x{n}" for n in range(1_000_000))
    study.write(COUNTS, f"{head}\nTNF\t1\n")


def _swap_genes_and_samples(frame):
    return frame.T


def _double_sample(rows):
    rows[0][2] = rows[0][1]


def _repeat_rows(rows):
    return [*rows, rows[1]]


def _missing_column(rows):
    at = rows[0].index("NPX")
    return [[cell for n, cell in enumerate(row) if n != at] for row in rows]


CAUGHT = {
    "negative count": (
        _values(COUNTS, _set(3, 4, -5)),
        ("counts.tsv", "assays.rna.scale", "counts"),
    ),
    "missing count": (_values(COUNTS, _set(3, 4, np.nan)), ("assays.rna.scale", "missing")),
    "counts with decimals": (
        _values(COUNTS, lambda frame: frame * 1.37),
        ("assays.rna.scale", "not whole"),
    ),
    "TPM as counts": (
        _values(COUNTS, lambda frame: frame / frame.sum() * 1e6),
        ("assays.rna.scale", "normalised values"),
    ),
    "log counts as counts": (
        _values(COUNTS, lambda frame: np.log2(frame + 1)),
        ("assays.rna.scale", "log2(counts + 1)"),
    ),
    "z-scores as counts": (
        _values(COUNTS, lambda f: f.sub(f.mean(axis=1), axis=0).div(f.std(axis=1), axis=0)),
        ("assays.rna.scale", "z-scores"),
    ),
    "counts of one total": (
        _values(COUNTS, lambda f: f.div(f.sum()).mul(3e4).round(6)),
        ("assays.rna.scale", "normalised"),
    ),
    "linear as log2": (
        _values(PROTEINS, lambda frame: np.exp2(frame)),
        ("assays.proteome.scale", "linear"),
    ),
    "log2 as linear": (
        lambda s: s.replace(A, "scale: log2", "scale: linear"),
        ("assays.proteome.scale", "log"),
    ),
    "z-scored proteins": (
        _values(
            PROTEINS, lambda f: f.sub(f.mean(axis=1), axis=0).div(f.std(axis=1, ddof=0), axis=0)
        ),
        ("assays.proteome.scale", "z-scores"),
    ),
    "linear NPX": (
        lambda s: s.rows(
            NPX,
            lambda rows: [
                rows[0],
                *[[*r[:4], f"{2 ** float(r[4]):.3f}", *r[5:]] for r in rows[1:]],
            ],
            ";",
        ),
        ("assays.olink.scale", "linear"),
    ),
    "logs as linear metabolites": (
        _values(METABOLITES, lambda frame: np.log2(frame), ","),
        ("assays.metabolites.scale", "log"),
    ),
    "infinity": (_cell(PROTEINS, 5, 3, "inf"), ("proteins.tsv:5", "column 'S02'")),
    "minus infinity": (_cell(PROTEINS, 5, 3, "-Inf"), ("proteins.tsv:5", "column 'S02'")),
    "text among values": (_cell(COUNTS, 7, 5, "many"), ("counts.tsv:7", "column 'S04'")),
    "decimal comma among values": (
        _cell(PROTEINS, 6, 2, "24,31"),
        ("proteins.tsv:6", "column 'S01'"),
    ),
    "spreadsheet error": (_cell(PROTEINS, 6, 2, "#DIV/0!"), ("proteins.tsv:6", "column 'S01'")),
    "undeclared missing code": (_cell(PROTEINS, 6, 2, "n.d."), ("proteins.tsv:6", "column 'S01'")),
    "short row": (
        lambda s: s.rows(COUNTS, lambda rows: rows[4].__delitem__(-1), "\t"),
        ("counts.tsv:5", "fields"),
    ),
    "long row": (
        lambda s: s.rows(COUNTS, lambda rows: rows[4].append("7"), "\t"),
        ("counts.tsv:5", "fields"),
    ),
    "wrong delimiter": (
        lambda s: s.write(COUNTS, s.text(COUNTS).replace("\t", ";")),
        ("counts.tsv", "delimiter"),
    ),
    "wrong orientation": (
        _values(COUNTS, _swap_genes_and_samples),
        ("assays.rna.samples_in", "samples_in"),
    ),
    "orientation lie": (
        lambda s: s.replace(B, "samples_in: rows", "samples_in: columns"),
        ("assays.metabolites.samples_in", "samples_in"),
    ),
    "duplicated sample": (
        lambda s: s.rows(COUNTS, _double_sample, "\t"),
        ("counts.tsv", "'S01'", "more than once"),
    ),
    "unknown sample": (_cell(COUNTS, 1, 4, "S3"), ("assays.rna", "lacks S3", "did you mean 'S03'")),
    "samples of another study": (
        lambda s: s.write(COUNTS, s.text(COUNTS).replace("\tS", "\tX")),
        ("assays.rna", "no sample of the file is in the clinical table"),
    ),
    "empty file": (lambda s: s.write(COUNTS, ""), ("counts.tsv", "empty")),
    "header only": (
        lambda s: s.write(COUNTS, s.text(COUNTS).split("\n")[0] + "\n"),
        ("counts.tsv", "no rows"),
    ),
    "cut gzip": (lambda s: _compressed(s, 400), ("counts.tsv.gz", "cannot be read")),
    "rubbish in a gzip": (
        lambda s: (
            s.write("data/a/counts.tsv.gz", b"\x1f\x8b" + b"rubbish" * 9),
            s.replace(A, "counts.tsv", "counts.tsv.gz"),
        ),
        ("counts.tsv.gz", "cannot be read"),
    ),
    "zip as text": (
        lambda s: s.write(COUNTS, b"PK\x03\x04" + b"\0" * 50),
        ("counts.tsv", "zip archive"),
    ),
    "zip bomb": (_bomb, ("counts.xlsx",)),
    "a million columns": (_wide_header, ("counts.tsv:1", "1,000,001 columns")),
    "only text": (
        lambda s: s.write(COUNTS, "gene\tS01\tS02\nTNF\ta\tb\nIL6\tc\td\n"),
        ("counts.tsv", "text"),
    ),
    "misspelt annotation": (
        lambda s: s.replace(A, "file: counts.tsv", "file: counts.tsv, not_features: [gen]"),
        ("not_features", "'gen'"),
    ),
    "misspelt ignored sample": (
        lambda s: s.replace(A, "file: counts.tsv", "file: counts.tsv, ignore_samples: [S99]"),
        ("assays.rna.ignore_samples", "'S99'"),
    ),
    "everything ignored": (
        lambda s: s.facts(
            "a",
            lambda f: f["assays"]["rna"].update(ignore_samples=[f"S{n:02d}" for n in range(1, 25)]),
        ),
        ("assays.rna", "no sample is left"),
    ),
    "missing sample column": (
        lambda s: s.replace(A, "file: counts.tsv", "file: counts.tsv, sample_column: RnaID"),
        ("assays.rna.sample_column", "RnaID"),
    ),
    "sample column of something else": (
        lambda s: s.replace(A, "file: counts.tsv", "file: counts.tsv, sample_column: PatID"),
        ("assays.rna.sample_column", "lacks S01"),
    ),
    "another format's file": (
        lambda s: s.replace(
            A, "format: matrix, file: counts", "format: featurecounts, file: counts"
        ),
        ("counts.tsv", "featureCounts"),
    ),
    "no NPX": (lambda s: s.rows(NPX, _missing_column, ";"), ("npx.csv", "NPX")),
    "assay twice": (lambda s: s.rows(NPX, _repeat_rows, ";"), ("npx.csv", "S01")),
    "text as NPX": (_cell(NPX, 9, 5, "high", ";"), ("npx.csv:9", "column 'NPX'")),
    "features table without the column": (
        lambda s: (
            s.write("data/a/genes.tsv", "ID\tSymbol\nTNF\tTNF\n"),
            s.replace(A, "file: counts.tsv", "file: counts.tsv, features: {file: genes.tsv}"),
        ),
        ("features.gene", "Gene symbol"),
    ),
    "features table of another platform": (
        lambda s: (
            s.write("data/a/genes.tsv", "ID\tSymbol\nprobe_1\tTNF\n"),
            s.replace(
                A, "file: counts.tsv", "file: counts.tsv, features: {file: genes.tsv, gene: Symbol}"
            ),
        ),
        ("assays.rna.features", "ID"),
    ),
    "sums of logarithms": (
        lambda s: s.replace(A, "scale: log2", "scale: log2, collapse: sum"),
        ("assays.proteome.collapse",),
    ),
    "featureCounts cut in a row": (
        lambda s: s.write(FEATURECOUNTS, s.text(FEATURECOUNTS)[:-60]),
        ("counts.txt:92", "fields"),
    ),
    "negative featureCounts": (_cell(FEATURECOUNTS, 6, 9, "-3"), ("counts.txt", "assays.rna")),
    "a metabolite's unit in its cell": (
        _cell(METABOLITES, 4, 6, "3.2 uM", ","),
        ("metabolites.csv:4", "column 'metabolite 4'"),
    ),
    "infinite metabolite": (
        _cell(METABOLITES, 4, 6, "Infinity", ","),
        ("metabolites.csv:4", "column 'metabolite 4'"),
    ),
}


@pytest.mark.parametrize("name", CAUGHT)
def test_an_assay_that_is_not_as_declared_is_refused(caught, name):
    change, words = CAUGHT[name]
    caught(change, *words)


HANDLED = {
    "gzip": _compressed,
    "gzip without its ending": lambda s: s.write(COUNTS, gzip.compress(s.text(COUNTS).encode())),
    "byte-order mark": lambda s: s.write(COUNTS, "\ufeff" + s.text(COUNTS)),
    "CRLF": lambda s: s.write(COUNTS, s.text(COUNTS).replace("\n", "\r\n")),
    "UTF-16": lambda s: s.write(COUNTS, s.text(COUNTS).encode("utf-16")),
    "no header for the row names": lambda s: s.write(COUNTS, s.text(COUNTS).removeprefix("gene\t")),
    "quoted names": lambda s: s.write(
        COUNTS,
        "\n".join(
            '"' + line.replace("\t", '"\t', 1) if line else ""
            for line in s.text(COUNTS).split("\n")
        ),
    ),
    "no line end at the end": lambda s: s.write(COUNTS, s.text(COUNTS).rstrip("\n")),
    "blank lines at the end": lambda s: s.write(COUNTS, s.text(COUNTS) + "\n\n"),
    "another order of samples": _values(COUNTS, lambda frame: frame[frame.columns[::-1]]),
    "counts written with .0": _values(COUNTS, lambda frame: frame.astype(float)),
    "transposed and declared": lambda s: (
        s.values(COUNTS, _swap_genes_and_samples),
        s.replace(A, "file: counts.tsv", "file: counts.tsv, samples_in: rows"),
    ),
    "decimal commas declared": lambda s: (
        s.write(PROTEINS, s.text(PROTEINS).replace(".", ",")),
        s.replace(A, "scale: log2", 'scale: log2, decimal: ","'),
    ),
    "commas in long NPX": lambda s: s.write(NPX, s.text(NPX).replace(";", ",")),
    "NPX with CRLF": lambda s: s.write(NPX, s.text(NPX).replace("\n", "\r\n")),
    "another order of NPX rows": lambda s: s.rows(NPX, lambda rows: [rows[0], *rows[:0:-1]], ";"),
    "other spellings of Olink's headers": lambda s: s.replace(NPX, "SampleID", "Sample_ID"),
    "control samples": lambda s: s.write(
        NPX, s.text(NPX) + s.text(NPX).split("\n")[1].replace("S01", "CONTROL_SAMPLE_AS 1") + "\n"
    ),
    "a gene twice, its counts divided": lambda s: s.rows(
        COUNTS, lambda rows: [*rows, [rows[1][0], *["0"] * 24]], "\t"
    ),
    "an ignored sample more": lambda s: (
        s.values(COUNTS, lambda frame: frame.assign(NTC=frame["S01"])),
        s.replace(A, "file: counts.tsv", "file: counts.tsv, ignore_samples: [NTC]"),
    ),
    "featureCounts without chromosomes": lambda s: s.rows(
        FEATURECOUNTS, lambda rows: [r[:1] + r[2:] if len(r) > 1 else r for r in rows], "\t"
    ),
    "annotation declared": lambda s: (
        s.values(COUNTS, lambda frame: frame.assign(biotype="protein_coding")),
        s.replace(A, "file: counts.tsv", "file: counts.tsv, not_features: [biotype]"),
    ),
}


@pytest.mark.parametrize("name", HANDLED)
def test_the_same_assay_written_otherwise_gives_the_same(handled, name):
    handled(HANDLED[name])
