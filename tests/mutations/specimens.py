"""A small sound file of each format, as its program writes it, and the facts that read it."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anndata
import h5py
import numpy as np
import polars as pl
from openpyxl import Workbook
from scipy import sparse
from scipy.io import mmwrite

GENES = "TNF IL6 CD74 ACTB GAPDH CRP IL10 CXCL8 STAT3 JAK1 CCL2 MPO".split()
SAMPLES = ["S1", "S2", "S3", "S4"]
ACCESSIONS = [f"P{n:05d}" for n in range(10001, 10013)]
TRANSCRIPTS = [f"ENST{n:011d}" for n in range(1, 13)]

DRAW = np.random.default_rng(3)
COUNTS = DRAW.negative_binomial(2, 0.01, (12, 4)) + 11
LEVELS = np.round(2.0 ** DRAW.normal(24, 1.5, (12, 4)), 1)
LOGS = np.round(DRAW.normal(7.123, 2, (12, 4)), 4)


@dataclass(frozen=True)
class Specimen:
    """A file's bytes, its facts, other files that it needs, and where its parts stand.

    `mark` divides the columns of a text format; "" for other formats. `header` is the line
    (from 0) with the columns' names, or None. `each`: one file per sample.
    """

    facts: dict[str, Any]
    data: bytes
    mark: str = "\t"
    header: int | None = 0
    beside: dict[str, bytes] = field(default_factory=dict)
    each: bool = False

    @property
    def file(self) -> str:
        """The name of the file; of one sample's, where there is one per sample."""
        return str(self.facts["file"]).replace("*", "S1")

    def write(self, folder: Path, data: bytes | None = None) -> None:
        """Write the file, or other bytes in its place, with what it needs beside it."""
        for name, content in {
            **self.beside,
            self.file: self.data if data is None else data,
        }.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def text(*rows: list[object], mark: str = "\t") -> bytes:
    return ("\n".join(mark.join(map(str, row)) for row in rows) + "\n").encode()


def _rows(names: list[str], values: np.ndarray, *beside: str) -> list[list[object]]:
    return [[name, *beside, *row] for name, row in zip(names, values.tolist(), strict=True)]


def _long(
    values: np.ndarray, row: Callable[[str, int, object], list[object]]
) -> list[list[object]]:
    return [row(s, n, values[n, m]) for m, s in enumerate(SAMPLES) for n in range(len(values))]


def _facts(name: str, kind: str, file: str, **more: Any) -> dict[str, Any]:
    return {"format": name, "kind": kind, "file": file, **more}


def _ms(name: str, file: str, **more: Any) -> dict[str, Any]:
    return _facts(name, "ms_proteins", file, **more)


def _counted(name: str, file: str, **more: Any) -> dict[str, Any]:
    return _facts(name, "rna_counts", file, **more)


def _series() -> bytes:
    named = ['"ID_REF"', *(f'"{s}"' for s in SAMPLES)]
    rows = [[f'"{g}"', *row] for g, row in zip(GENES, LOGS.tolist(), strict=True)]
    return text(
        ["!Series_title", '"t"'], ["!Sample_geo_accession", *named[1:]],
        ["!series_matrix_table_begin"], named, *rows, ["!series_matrix_table_end"],
    )  # fmt: skip


def _family() -> bytes:
    lines = ["^DATABASE = GeoMiame", "^SERIES = GSE1", "^PLATFORM = GPL9", "#ID = probe",
             "!platform_table_begin", "ID\tGene Symbol"]  # fmt: skip
    lines += [f"p{n}\t{gene}" for n, gene in enumerate(GENES)]
    lines += ["!platform_table_end"]
    for m, sample in enumerate(SAMPLES):
        lines += [f"^SAMPLE = {sample}", "!Sample_platform_id = GPL9", "!sample_table_begin",
                  "ID_REF\tVALUE"]  # fmt: skip
        lines += [f"p{n}\t{LOGS[n, m]}" for n in range(12)] + ["!sample_table_end"]
    return ("\n".join(lines) + "\n").encode()


def _adat() -> bytes:
    front = ["PlateId", "SampleId", "SampleType", "HybControlNormScale", "RowCheck"]
    blank: list[object] = [""] * len(front)
    columns = [
        ["SeqId", *(f"{n}-1" for n in range(12))], ["Target", *GENES], ["UniProt", *ACCESSIONS],
        ["EntrezGeneSymbol", *GENES], ["Organism", *["Human"] * 12], ["Type", *["Protein"] * 12],
        ["ColCheck", *["PASS"] * 12],
    ]  # fmt: skip
    rows = [
        ["P1", s, "Sample", "1", "PASS", "", *LEVELS[:, m].tolist()] for m, s in enumerate(SAMPLES)
    ]
    return text(
        ["!Checksum", "ab"], ["^HEADER"], ["!Version", "1.2"], ["^COL_DATA"], ["^TABLE_BEGIN"],
        *([*blank, *column] for column in columns), [*front, *[""] * 13], *rows,
    )  # fmt: skip


def _npx_book() -> bytes:
    book = Workbook()
    rows = [["NPX data"], ["Panel", *["Inf"] * 12], ["Assay", *GENES], ["Uniprot ID", *ACCESSIONS],
            ["OlinkID", *(f"OID{n:05d}" for n in range(12))],
            *([s, *LOGS[:, m].tolist()] for m, s in enumerate(SAMPLES))]  # fmt: skip
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _h5ad(cells: bool) -> bytes:
    import tempfile

    names = [f"ACGTACGTACGT{a}{b}-1" for a in "ACGT" for b in "ACGT"] if cells else SAMPLES
    values = np.tile(COUNTS.T, (4, 1)) if cells else COUNTS.T
    found = anndata.AnnData(sparse.csr_matrix(values.astype(float)))
    found.obs_names, found.var_names = names, GENES
    if cells:
        found.obs["sample"] = SAMPLES * 4
    with tempfile.TemporaryDirectory() as folder:
        found.write_h5ad(Path(folder) / "a.h5ad")
        return (Path(folder) / "a.h5ad").read_bytes()


def _tenx_h5() -> bytes:
    stream = io.BytesIO()
    matrix = sparse.csc_matrix(COUNTS)
    with h5py.File(stream, "w") as file:
        group = file.create_group("matrix")
        group["data"], group["indices"] = matrix.data.astype("i4"), matrix.indices
        group["indptr"], group["shape"] = matrix.indptr, np.array(matrix.shape, "i4")
        group["barcodes"] = np.array([b"ACGTACGTACGT%d-1" % n for n in range(4)])
        features = group.create_group("features")
        features["id"] = np.array([f"ENSG{n:011d}".encode() for n in range(12)])
        features["name"] = np.array([gene.encode() for gene in GENES])
        features["feature_type"] = np.array([b"Gene Expression"] * 12)
        features["genome"] = np.array([b"GRCh38"] * 12)
    return stream.getvalue()


def _mtx() -> bytes:
    stream = io.BytesIO()
    mmwrite(stream, sparse.coo_matrix(COUNTS))
    return stream.getvalue()


def _parquet(header: list[str], rows: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    pl.DataFrame(rows, schema=header, orient="row").write_parquet(stream)
    return stream.getvalue()


DIANN = ["Run", "Protein.Group", "Genes", "PG.MaxLFQ", "Precursor.Id", "Precursor.Normalised",
         "Q.Value", "PG.Q.Value"]  # fmt: skip
DIANN_ROWS = _long(
    LEVELS, lambda s, n, v: [s, ACCESSIONS[n], GENES[n], v, f"PEPTIDE{n}2", v, 0.001, 0.001]
)
NPX = ["SampleID", "Index", "OlinkID", "UniProt", "Assay", "Panel", "PlateID", "QC_Warning", "LOD",
       "NPX"]  # fmt: skip
NPX_ROWS = _long(
    LOGS,
    lambda s, n, v: [s, 1, f"OID{n:05d}", ACCESSIONS[n], GENES[n], "Inf", "p1", "Pass", 0.5, v],
)
MSSTATS = ["ProteinName", "PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge",
           "IsotopeLabelType", "Condition", "BioReplicate", "Run", "Intensity"]  # fmt: skip
MSSTATS_ROWS = _long(
    LEVELS, lambda s, n, v: [ACCESSIONS[n], f"PEPTIDE{n}", 2, "NA", 0, "L", "c", s, s, v]
)
SKYLINE = ["Protein Name", "Peptide Modified Sequence", "Precursor Charge", "Fragment Ion",
           "Product Charge", "Isotope Label Type", "File Name", "Area", "Truncated"]  # fmt: skip
SPECTRONAUT = ["R.FileName", "PG.ProteinGroups", "PG.Genes", "PG.Quantity", "PG.Qvalue"]
PD_QUANT = [f"Abundance: F{n}: Sample" for n in range(1, 5)]
LFQ = [f"LFQ intensity {s}" for s in SAMPLES]
QUANT = [[t, 900, 800, 1.5 + n, float(COUNTS[n, 0])] for n, t in enumerate(TRANSCRIPTS)]
TX2GENE = text(["tx", "gene"], *([t, g] for t, g in zip(TRANSCRIPTS, GENES, strict=True)), mark=",")
TABLE = {"transcripts": {"file": "tx2gene.csv", "id": "tx", "gene": "gene"}}
MZTAB = text(
    ["MTD", "mzTab-version", "1.0.0"],
    *(["MTD", f"ms_run[{n}]-location", f"file:///d/S{n}.mzML"] for n in range(1, 5)),
    *(["MTD", f"assay[{n}]-ms_run_ref", f"ms_run[{n}]"] for n in range(1, 5)),
    ["PRH", "accession", "description", "ambiguity_members",
     *(f"protein_abundance_assay[{n}]" for n in range(1, 5))],
    *(["PRT", a, "d", "null", *row] for a, row in zip(ACCESSIONS, LEVELS.tolist(), strict=True)),
)  # fmt: skip

SPECIMENS = {
    "matrix": Specimen(
        _facts("matrix", "expression", "m.tsv"), text(["gene", *SAMPLES], *_rows(GENES, LOGS))
    ),
    "featurecounts": Specimen(
        _counted("featurecounts", "f.txt"),
        b"# Program:featureCounts v2.0.3\n" + text(
            ["Geneid", "Chr", "Start", "End", "Strand", "Length", *(f"{s}.bam" for s in SAMPLES)],
            *_rows(GENES, COUNTS, "1", "1", "900", "+", "900")),
        header=1,
    ),
    "star": Specimen(
        _counted("star", "*ReadsPerGene.out.tab"),
        text(*([f"N_{w}", 5, 5, 5] for w in ("unmapped", "multimapping", "noFeature", "ambiguous")),
             *([g, 2 * COUNTS[n, 0], COUNTS[n, 0], COUNTS[n, 0]] for n, g in enumerate(GENES))),
        header=None, each=True,
    ),
    "htseq": Specimen(
        _counted("htseq", "*.counts"),
        text(*([g, COUNTS[n, 0]] for n, g in enumerate(GENES)), ["__no_feature", 9]),
        header=None, each=True,
    ),
    "salmon": Specimen(
        _counted("salmon", "*.sf", **TABLE),
        text(["Name", "Length", "EffectiveLength", "TPM", "NumReads"], *QUANT),
        beside={"tx2gene.csv": TX2GENE}, each=True,
    ),
    "kallisto": Specimen(
        _counted("kallisto", "*.tsv", **TABLE),
        text(["target_id", "length", "eff_length", "est_counts", "tpm"],
             *([t, a, b, d, c] for t, a, b, c, d in QUANT)),
        beside={"tx2gene.csv": TX2GENE}, each=True,
    ),
    "rsem": Specimen(
        _counted("rsem", "*.genes.results"),
        text(["gene_id", "transcript_id(s)", "length", "effective_length", "expected_count", "TPM",
              "FPKM"],
             *([g, t, a, b, d, c, c] for g, (t, a, b, c, d) in zip(GENES, QUANT, strict=True))),
        each=True,
    ),
    "nfcore_rnaseq": Specimen(
        _counted("nfcore_rnaseq", "salmon.merged.gene_counts.tsv"),
        text(["gene_id", "gene_name", *SAMPLES],
             *([f"ENSG{n:011d}", g, *COUNTS[n].tolist()] for n, g in enumerate(GENES))),
    ),
    "geo_series_matrix": Specimen(
        _facts("geo_series_matrix", "expression", "GSE1_series_matrix.txt"), _series(), header=3
    ),
    "geo_soft": Specimen(
        _facts("geo_soft", "rna_array", "GSE1_family.soft"), _family(), header=None
    ),
    "maxquant": Specimen(
        _ms("maxquant", "proteinGroups.txt"),
        text(["Protein IDs", "Majority protein IDs", "Gene names", *LFQ, "Reverse",
              "Potential contaminant", "Only identified by site"],
             *([a, a, g, *LEVELS[n].tolist(), "", "", ""]
               for n, (a, g) in enumerate(zip(ACCESSIONS, GENES, strict=True)))),
    ),
    "diann": Specimen(
        _ms("diann", "report.pg_matrix.tsv"),
        text(["Protein.Group", "Protein.Ids", "Protein.Names", "Genes", "First.Protein.Description",
              *(f"/d/{s}.raw" for s in SAMPLES)],
             *([a, a, "x", g, "d", *LEVELS[n].tolist()]
               for n, (a, g) in enumerate(zip(ACCESSIONS, GENES, strict=True)))),
    ),
    "diann report": Specimen(_ms("diann", "report.tsv"), text(DIANN, *DIANN_ROWS)),
    "diann parquet": Specimen(
        _ms("diann", "report.parquet"), _parquet(DIANN, DIANN_ROWS), mark="", header=None
    ),
    "alphadia": Specimen(
        _ms("alphadia", "pg.matrix.tsv"), text(["pg", *SAMPLES], *_rows(ACCESSIONS, LEVELS))
    ),
    "spectronaut": Specimen(
        _ms("spectronaut", "s.tsv"),
        text(SPECTRONAUT, *_long(LEVELS, lambda s, n, v: [s, ACCESSIONS[n], GENES[n], v, 0.001])),
    ),
    "fragpipe": Specimen(
        _ms("fragpipe", "combined_protein.tsv"),
        text(["Protein", "Protein ID", "Entry Name", "Gene", "Combined Total Peptides",
              *(f"{s} MaxLFQ Intensity" for s in SAMPLES)],
             *([f"sp|{a}|X", a, "X", g, 3, *LEVELS[n].tolist()]
               for n, (a, g) in enumerate(zip(ACCESSIONS, GENES, strict=True)))),
    ),
    "proteome_discoverer": Specimen(
        _ms("proteome_discoverer", "pd.txt"),
        text(["Accession", "Description", "Contaminant", *PD_QUANT],
             *([a, f"d GN={g}", "False", *LEVELS[n].tolist()]
               for n, (a, g) in enumerate(zip(ACCESSIONS, GENES, strict=True)))),
    ),
    "skyline": Specimen(
        _ms("skyline", "sky.csv"),
        text(SKYLINE, *_long(LEVELS, lambda s, n, v: [ACCESSIONS[n], f"PEP{n}", 2, "y3", 1, "light",
                                                      f"{s}.raw", v, "False"]), mark=","),
        mark=",",
    ),
    "openms": Specimen(
        _ms("openms", "msstats.csv"), text(MSSTATS, *MSSTATS_ROWS, mark=","), mark=","
    ),
    "spectromine": Specimen(
        _ms("spectromine", "psms.tsv"),
        text(["R.FileName", "PG.ProteinAccessions", "PG.Genes", "PG.QValue",
              "PEP.StrippedSequence", "PP.Charge", "P.MoleculeID",
              *(f"PSM.TMT6_{channel} (Raw)" for channel in range(126, 130)),
              "PSM.IsUsedForQuantification"],
             *(["a.raw", a, g, 0.001, f"PEP{n}", 2, f"_PEP{n}_", *LEVELS[n].tolist(), "True"]
               for n, (a, g) in enumerate(zip(ACCESSIONS, GENES, strict=True)))),
    ),
    "metamorpheus": Specimen(
        _ms("metamorpheus", "AllQuantifiedProteinGroups.tsv"),
        text(["Protein Accession", "Gene", "Organism", *(f"Intensity_{s}" for s in SAMPLES),
              "Protein Decoy/Contaminant/Target", "Protein QValue"],
             *([a, g, "Homo sapiens", *LEVELS[n].tolist(), "T", 0]
               for n, (a, g) in enumerate(zip(ACCESSIONS, GENES, strict=True)))),
    ),
    "metabolon": Specimen(
        _facts("metabolon", "metabolites", "orig_scale.tsv"),
        text(["", "", "CLIENT_IDENTIFIER", *SAMPLES],
             ["BIOCHEMICAL", "SUPER_PATHWAY", "COMP_ID", *["sepsis"] * len(SAMPLES)],
             *([f"metabolite {n}", "Lipid", n, *LEVELS[n].tolist()] for n in range(12))),
    ),
    "mztab": Specimen(_ms("openms", "x.mzTab"), MZTAB, header=None),
    "long": Specimen(
        _ms("long", "l.tsv", run="file", feature="protein", part=["peptide"], value="area"),
        text(["file", "protein", "peptide", "area"],
             *_long(LEVELS, lambda s, n, v: [s, ACCESSIONS[n], f"PEP{n}", v])),
    ),
    "olink_long": Specimen(
        _facts("olink_long", "olink_npx", "npx.csv"), text(NPX, *NPX_ROWS, mark=";"), mark=";"
    ),
    "olink parquet": Specimen(
        _facts("olink_long", "olink_npx", "npx.parquet"), _parquet(NPX, NPX_ROWS), mark="",
        header=None,
    ),
    "olink_wide": Specimen(
        _facts("olink_wide", "olink_npx", "npx.xlsx"), _npx_book(), mark="", header=None
    ),
    "somascan": Specimen(_facts("somascan", "somascan", "a.adat"), _adat(), header=None),
    "h5ad": Specimen(_counted("h5ad", "a.h5ad"), _h5ad(False), mark="", header=None),
    "cells": Specimen(
        _counted("single_cell", "a.h5ad", sample_key="sample", min_cells=1), _h5ad(True), mark="",
        header=None,
    ),
    "tenx": Specimen(
        _counted("single_cell", "*.h5", min_cells=1), _tenx_h5(), mark="", header=None, each=True
    ),
    "mtx": Specimen(
        _counted("single_cell", "matrix.mtx.gz", min_cells=1), gzip.compress(_mtx()), mark="",
        header=None,
        beside={
            "features.tsv.gz": gzip.compress(text(*(
                [f"ENSG{n:011d}", g, "Gene Expression"] for n, g in enumerate(GENES)))),
            "barcodes.tsv.gz": gzip.compress(text(*([f"ACGTACGTACGT{n}-1"] for n in range(4)))),
        },
    ),
}  # fmt: skip
