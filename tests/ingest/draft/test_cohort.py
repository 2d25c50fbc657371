"""Drafts of cohort files: what is recognised, and what is left to a person."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from anndata import AnnData

from immunosep_omics import simulate
from immunosep_omics.errors import InputError
from immunosep_omics.ingest.draft import draft_cohort
from immunosep_omics.simulate import write

GENES = "TNF IL6 CD74 ACTB GAPDH CRP HLA-DRA IL10 CXCL8 STAT3".split()
QUANT = "Name\tLength\tEffectiveLength\tTPM\tNumReads\n" + "".join(
    f"ENST0000000000{n}\t900\t800\t1.5\t{n * 7}\n" for n in range(1, 10)
)


def matrix(samples, value=lambda row, column: (row * 37 + column * 13) % 400, mark="\t"):
    """Genes x samples as text."""
    rows = [[gene, *(value(n, m) for m in range(len(samples)))] for n, gene in enumerate(GENES)]
    return "\n".join(mark.join(map(str, row)) for row in [["gene", *samples], *rows]) + "\n"


SAMPLES = [f"p{n}" for n in range(1, 9)]
SHEET = "PatientID,Age,Sex\n" + "".join(
    f"{s},{40 + n},{'FM'[n % 2]}\n" for n, s in enumerate(SAMPLES)
)


def test_units_come_from_headers_alone(put, facts):
    put("c.csv", "record_id,Age,Ferritin (ug/L),Lactate,CRP_mg_L,pct_ngml,Bili mg/dl\n"
        "p1,4,5,6,7,8,9\np2,4,5,6,7,8,9\n")  # fmt: skip
    found, remarks = facts("c.csv")
    columns = found["clinical"]["columns"]
    assert columns["age"] == "Age"
    assert columns["ferritin"] == {"from": "Ferritin (ug/L)", "unit": "ug/L"}
    assert columns["crp"]["unit"] == "mg/L"
    assert columns["procalcitonin"]["unit"] == "ng/mL"
    assert columns["bilirubin"]["unit"] == "mg/dL"
    assert found["clinical"]["patient"] == "record_id"
    assert "lactate" not in columns
    assert any("Lactate" in line and "mmol/L" in line for line in remarks)


def test_columns_that_identify_a_person_are_named_and_left_out(put, tmp_path):
    put("c.csv", "PatientID,Age,Date of birth\np1,4,1980-01-01\n")
    draft = draft_cohort([tmp_path / "c.csv"], None, None)
    assert "1980" not in draft.text
    assert any("'Date of birth' is left out" in line for line in draft.remarks)


def test_samples_in_rows_are_told_by_their_names(put, facts):
    put("c.csv", SHEET)
    rows = [["id", *GENES, "batch"]]
    rows += [[s, *(n / 7 + m for m in range(10)), "b1"] for n, s in enumerate(SAMPLES)]
    put("m.tsv", "\n".join("\t".join(map(str, row)) for row in rows))
    found, _ = facts("c.csv", "m.tsv")
    (assay,) = found["assays"].values()
    assert (assay["samples_in"], assay["not_features"]) == ("rows", ["batch"])
    assert assay["scale"] == "log2"


def test_annotation_beside_the_values_is_stated(put, facts):
    put("c.csv", SHEET)
    text = "\n".join(
        f"{line}\t{'Length' if n == 0 else 900 + n}\t{'biotype' if n == 0 else 'x'}"
        for n, line in enumerate(matrix(SAMPLES).splitlines())
    )
    put("m.tsv", text)
    found, _ = facts("c.csv", "m.tsv")
    (assay,) = found["assays"].values()
    assert assay["not_features"] == ["Length", "biotype"]
    assert assay["kind"] == "rna_counts"


def test_entrez_genes_beside_numbers_of_rows(put, facts):
    """As Rsubread's counts are written by `write.csv`; samples are named by their alignments."""
    put("c.csv", SHEET)
    entrez = [7124, 3569, 972, 60, 2597, 1401, 3122, 3586, 3576, 6774]
    rows = [["", "GeneID", "Length", *(f"{s}.bam" for s in SAMPLES)]]
    rows += [[n + 1, gene, 900, *((n * 37 + m * 13) % 400 for m in range(8))]
             for n, gene in enumerate(entrez)]  # fmt: skip
    put("m.csv", "\n".join(",".join(map(str, row)) for row in rows) + "\n")
    found, remarks = facts("c.csv", "m.csv")
    (assay,) = found["assays"].values()
    assert (assay["names"], assay["not_features"]) == ("GeneID", ["Length"])
    assert not [line for line in remarks if "the check will say" in line]


def test_of_anndata_a_layer_of_counts_is_proposed(put, tmp_path, facts):
    put("c.csv", SHEET)
    counts = np.add.outer(np.arange(8.0) * 13, np.arange(10) * 37) % 400
    var = pd.DataFrame(index=GENES)
    obs = pd.DataFrame(index=SAMPLES)
    log = AnnData(np.log2(counts + 1), obs, var, layers={"log": counts / 7, "counts": counts})
    log.write_h5ad(tmp_path / "b.h5ad")
    found, remarks = facts("c.csv", "b.h5ad")
    (assay,) = found["assays"].values()
    assert (assay["kind"], assay["layer"]) == ("rna_counts", "counts")
    assert not [line for line in remarks if "the check will say" in line]


@pytest.mark.parametrize(
    ("file", "above", "header"),
    [("m.gct", "#1.2\n10\t8\n", 3), ("m.tsv", "##annotation=G026\n##date=1\n", 3),
     ("m.txt", "Illumina Inc. GenomeStudio\nNormalization = none\nArray = HT-12\n\n", 5)],
)  # fmt: skip
def test_a_header_below_titles_is_stated(put, facts, file, above, header):
    """GenePattern's GCT, recount's tables, GenomeStudio's reports."""
    put("c.csv", "A study of sepsis,,\n\n" + SHEET)
    put(file, above + matrix(SAMPLES))
    found, remarks = facts("c.csv", file)
    (assay,) = found["assays"].values()
    assert (assay["header"], found["clinical"]["header"]) == (header, 3)
    assert not [line for line in remarks if "the check will say" in line]


@pytest.mark.parametrize("signal", ["", ".AVG_Signal"])
def test_what_illuminas_scanner_tells_beside_the_values_is_stated(put, facts, signal):
    """GEO's non_normalized.txt, whose repeated headers name no sample, and GenomeStudio's own."""
    put("c.csv", SHEET)
    pairs = [name for s in SAMPLES for name in (
        f"{s}{signal}", f"{s}.Detection Pval" if signal else "Detection Pval")]  # fmt: skip
    rows = [[f"ILMN_{n}", *((n * 37 + m * 13) % 400 + 60.5 if m % 2 else 0.01
                            for m in range(1, 17))] for n in range(10)]  # fmt: skip
    put("m.txt", "\n".join("\t".join(map(str, row)) for row in [["ID_REF", *pairs], *rows]) + "\n")
    found, remarks = facts("c.csv", "m.txt")
    (assay,) = found["assays"].values()
    assert (assay["samples_in"], assay["not_features"]) == ("columns", ["*Detection Pval*"])
    assert not [line for line in remarks if "the check will say" in line]


def test_counts_above_a_footnote_are_counts(put, put_sheets, facts):
    put("c.csv", SHEET)
    rows = [line.split("\t") for line in matrix(SAMPLES).splitlines()]
    counts = [[row[0], *map(int, row[1:])] for row in rows[1:]]
    put_sheets("t.xlsx", S3=[["Table S3"], rows[0], *counts, [], ["* by HTSeq"]])
    found, remarks = facts("c.csv", "t.xlsx")
    (assay,) = found["assays"].values()
    assert (assay["kind"], assay["header"]) == ("rna_counts", 2)
    assert not [line for line in remarks if "the check will say" in line]


def test_decimal_commas_and_delimiters_are_stated_and_to_be_confirmed(put, facts):
    values = matrix(["a", "b", "c"], lambda n, m: f"{n},{m}5", ";")
    put("m.csv", values)
    found, remarks = facts("m.csv")
    (assay,) = found["assays"].values()
    assert (assay["delimiter"], assay["decimal"]) == (";", ",")
    assert any("comma" in line for line in remarks)


@pytest.mark.parametrize(("cells", "words"), [("1,234", "thousands"), ("1,5 2.5", "which is")])
def test_doubtful_marks_are_asked_for_and_not_stated(put, facts, cells, words):
    one, *other = cells.split()
    values = matrix(["a", "b", "c"], lambda n, m: other[0] if other and m else one)
    put("m.tsv", values)
    found, remarks = facts("m.tsv")
    (assay,) = found["assays"].values()
    assert "decimal" not in assay
    assert any(words in line for line in remarks)


def test_ages_with_their_unit_as_sdrf_writes_them(put, facts):
    rows = ["source name\tcharacteristics[age]\tcomment[data file]"]
    rows += [f"p{n}\t{40 + n}Y\trun{n}.raw" for n in range(4)]
    put("a.sdrf.tsv", "\n".join([*rows, "p5\tnot available\trun5.raw"]))
    found, _ = facts("a.sdrf.tsv")
    header = "characteristics[age]"
    assert found["clinical"]["columns"]["age"] == {"from": header, "unit_from": header}


def tabbed(*rows):
    return "\n".join("\t".join(str(cell) for cell in row) for row in rows) + "\n"


PROTEINS = {
    "tmt-report": (
        tabbed(["Index", "NumberPSM", "ProteinID", "MaxPepProb", "ReferenceIntensity", *SAMPLES],
               *([gene, 4, "P1", 1, 20.5, *(20 + n / 8 for n, _ in enumerate(SAMPLES))]
                 for gene in ("TNF", "IL6", "CRP"))),
        {"kind": "ms_proteins", "format": "fragpipe", "scale": "log2"},
    ),
    "triqler": (
        tabbed(["run", "condition", "charge", "searchScore", "intensity", "peptide", "proteins"],
               *([sample, "a", 2, 1.5, 3e6, "K.AA.R", "sp|P01375|TNFA_HUMAN"]
                 for sample in SAMPLES)),
        {"format": "long", "run": "run", "feature": "proteins", "part": ["charge", "peptide"],
         "value": "intensity"},
    ),
    "metabolon": (
        tabbed(["", "", "PARENT SAMPLE NAME", *(f"M-{n}" for n, _ in enumerate(SAMPLES))],
               ["", "", "CLIENT SAMPLE ID", *SAMPLES],
               ["BIOCHEMICAL", "COMP_ID", "Group HMDB", *("x" for _ in SAMPLES)],
               ["lactate", 527, "HMDB00190", *(100 * n + 50 for n, _ in enumerate(SAMPLES))]),
        {"kind": "metabolites", "format": "metabolon", "sample_names": "CLIENT_SAMPLE_ID"},
    ),
    "olink quantified": (
        tabbed(["SampleID", "OlinkID", "Assay", "Unit", "Quantified_value"],
               *([sample, "OID1", "TNF", "pg/mL", 3.5 + n] for n, sample in enumerate(SAMPLES))),
        {"kind": "cytokines", "format": "olink_long"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROTEINS)
def test_options_that_the_reader_needs_are_stated(put, facts, name):
    text, expected = PROTEINS[name]
    put("c.csv", SHEET)
    put("m.tsv", text)
    found, remarks = facts("c.csv", "m.tsv")
    (assay,) = found["assays"].values()
    assert {key: assay.get(key) for key in expected} == expected
    assert not any("the check will say" in line for line in remarks)
    assert len(remarks) == len(set(remarks))


MESO_SCALE = [
    ["Plate Name", "Sample", "Assay", "Well", "Dilution", "Concentration", "Signal", "Mean",
     "Calc. Concentration", "Calc. Conc. Mean", "Detection Range"],
    *(["Plate_1", sample, assay, f"A{well}", 2, "NaN", 900 + well, 901.5, 4 + well / 8, 4.1875,
       "In Detection Range"] for sample in SAMPLES for assay in ("IL-6", "TNF-a")
      for well in (1, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("file", "above"), [("m.csv", 0), ("m.csv", 2), ("m.xlsx", 2)])
def test_meso_scales_export_has_one_row_per_well(put, put_sheets, facts, file, above):
    """Its `Concentration` is that of the standards; titles may stand above."""
    put("c.csv", SHEET)
    rows = [["Sepsis, plate 1"], ["MSD"]][:above] + MESO_SCALE
    if file == "m.csv":
        put(file, "\n".join(",".join(map(str, row)) for row in rows).replace(", ", " "))
    else:
        put_sheets(file, info=[["About"]], results=rows)
    found, remarks = facts("c.csv", file)
    assay = found["assays"]["cytokines"]
    expected = {"format": "long", "run": "Sample", "feature": "Assay", "value": "Calc. Conc. Mean"}
    assert {key: assay[key] for key in expected} == expected
    assert assay.get("header", 1) == above + 1
    assert not any("the check will say" in line for line in remarks)


@pytest.mark.parametrize("under", ["", "\tpg/mL\tpg/mL\tpg/mL\tpg/mL\n"])
def test_cytokines_out_of_range_are_no_annotation(put, facts, under):
    put("c.csv", SHEET)
    cells = ["OOR <", "*3.5", "***", "> 9000"]
    rows = [[name, *(cells[m] if n == m else 10 * n + m + 0.5 for m in range(4))]
            for n, name in enumerate(SAMPLES)]  # fmt: skip
    head = tabbed(["Sample", "IL-1b", "IL-8", "TNF-a", "MCP-1"])
    put("m.tsv", head + under + tabbed(*rows))
    found, remarks = facts("c.csv", "m.tsv")
    assay = found["assays"]["cytokines"]
    assert (assay["kind"], assay["samples_in"]) == ("cytokines", "rows")
    assert "not_features" not in assay
    assert not any("the check will say" in line for line in remarks)


def test_the_sheet_of_metabolon_is_found(put_sheets, put, facts):
    rows = [
        [cell or None for cell in line.split("\t")] for line in PROTEINS["metabolon"][0].split("\n")
    ]
    put_sheets("m.xlsx", Explanation=[["about", "this"]], OrigScale=rows)
    put("c.csv", SHEET)
    found, remarks = facts("c.csv", "m.xlsx")
    assert found["assays"]["metabolites"]["sheet"] == "OrigScale"
    assert any("confirm the `sheet`" in line for line in remarks)


def test_words_for_missing_values_are_stated(put, facts):
    put("c.csv", SHEET)
    put("m.tsv", matrix(SAMPLES, lambda n, m: "n.d." if n == m else n + 0.5))
    found, _ = facts("c.csv", "m.tsv")
    assert found["assays"]["rna"]["missing"] == ["", "NA", "n.d."]


def test_a_folder_of_salmon_is_one_assay_with_its_table_of_genes(put, tmp_path, facts):
    for sample in ("A", "B"):
        (tmp_path / f"salmon/{sample}/logs").mkdir(parents=True)
        put(f"salmon/{sample}/quant.sf", QUANT)
        put(f"salmon/{sample}/cmd_info.json", "{}")
        put(f"salmon/{sample}/logs/salmon_quant.log", "[info] done\n")
    pairs = "".join(f"ENST0000000000{n},{GENES[n]}\n" for n in range(1, 10))
    put("tx2gene.csv", "TXNAME,GENEID\n" + pairs)
    put("c.csv", "sample,age\nA,40\nB,50\n")
    found, _ = facts()
    assert found["assays"] == {
        "rna": {
            "kind": "rna_counts", "format": "salmon", "file": "salmon/*/quant.sf",
            "transcripts": {"file": "tx2gene.csv", "id": "TXNAME", "gene": "GENEID"},
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "row", "stated"),
    [("tx2gene.tsv", "{0}\tENSG00000232810\t{1}\n", {}),
     ("t2g.txt", "{0}\tENSG00000232810.5\t{1}\t{1}-201\tchr1\t1\t9\t+\n", {}),
     ("t2g.txt", "{0},x,{1}\n", {"delimiter": ","})],
)  # fmt: skip
def test_a_table_of_genes_may_have_no_headers(put, tmp_path, facts, file, row, stated):
    """As nf-core/rnaseq's older tx2gene.tsv, and kallisto's t2g.txt."""
    for sample in ("A", "B"):
        (tmp_path / f"salmon/{sample}").mkdir(parents=True)
        put(f"salmon/{sample}/quant.sf", QUANT)
    put(file, "".join(row.format(f"ENST0000000000{n}", GENES[n]) for n in range(1, 10)))
    put("c.csv", "sample,age\nA,40\nB,50\n")
    found, remarks = facts()
    (assay,) = found["assays"].values()
    gene = assay["transcripts"].pop("gene")
    assert assay["transcripts"] == {"file": file, "header": 0, "id": "1", **stated}
    assert gene in ("2", "3")
    assert not [line for line in remarks if "the check will say" in line]


def test_without_a_table_of_genes_it_is_asked_for(put, tmp_path, facts):
    for sample in ("A", "B"):
        (tmp_path / sample).mkdir()
        put(f"{sample}/quant.sf", QUANT)
    _, remarks = facts("A", "B")
    assert any("`transcripts`" in line for line in remarks)


def test_fastq_pairs_are_an_assay_of_reads(put, facts):
    for sample in ("A", "B"):
        for mate in (1, 2):
            put(f"{sample}_R{mate}.fastq.gz", "@r\nACGT\n+\nFFFF\n")
    put("transcripts.fa", ">ENST00000000001\nACGT\n")
    found, remarks = facts()
    reads = found["assays"]["rna"]
    assert (reads["file"], reads["second"]) == ("*_R1.fastq.gz", "*_R2.fastq.gz")
    assert not any("FASTA" in line for line in remarks)
    assert reads["reference"] == "transcripts.fa"
    assert reads["transcripts"]["file"] == "TODO"
    assert any("from transcripts to genes" in line for line in remarks)


def test_the_table_of_genes_of_reads_may_be_that_of_nfcore(put, facts):
    for sample in ("A", "B"):
        put(f"{sample}.fastq.gz", "@r\nACGT\n+\nFFFF\n")
    put("transcripts.fa", ">ENST00000000001\nACGT\n")
    pairs = "".join(f"ENST0000000000{n}\tENSG00000232810\t{GENES[n]}\n" for n in range(1, 10))
    put("tx2gene.tsv", "transcript_id\tgene_id\tgene_name\n" + pairs)
    found, remarks = facts()
    (reads,) = found["assays"].values()
    assert reads["transcripts"]["id"] == "transcript_id"
    assert not any("table from transcripts" in line for line in remarks)


def test_several_clinical_tables_are_joined(put_sheets, put, facts):
    put_sheets(
        "c.xlsx",
        people=[["PatientID", "Age", "Sex"], *([s, 40, "F"] for s in SAMPLES)],
        labs=[["PatientID", "CRP (mg/L)", "Notes"], *([s, n, "x"] for n, s in enumerate(SAMPLES))],
    )
    put("m.tsv", matrix(SAMPLES))
    found, _ = facts("c.xlsx", "m.tsv")
    clinical = found["clinical"]
    assert clinical["tables"] == {
        "c_labs": {"file": "c.xlsx", "sheet": "labs", "patient": "PatientID"}
    }
    assert clinical["columns"]["crp"] == {"from": "CRP (mg/L)", "unit": "mg/L", "table": "c_labs"}


def test_the_sample_column_is_the_one_that_names_the_samples(put, facts):
    rows = "".join(f"p{n},40,X{n},R{n}\n" for n in range(1, 9))
    put("c.csv", f"PatientID,Age,Tube,RNA\n{rows}")
    put("m.tsv", matrix([f"R{n}" for n in range(1, 9)]))
    found, _ = facts("c.csv", "m.tsv")
    assert (found["clinical"]["patient"], found["clinical"]["sample"]) == ("PatientID", "RNA")


def test_runs_that_the_sheet_names_with_endings_go_through_it(put, facts):
    put("a.sdrf.tsv", "source name\tcharacteristics[age]\tcomment[data file]\n"
        + "".join(f"p{n}\t40\trun{n}.raw\n" for n in range(1, 5)))  # fmt: skip
    runs = "\t".join(f"/data/run{n}.mzML" for n in range(1, 5))
    rows = "".join(
        f"P0{n}345\tP0{n}345\tx\tTNF\t" + "\t".join(["9e5"] * 4) + "\n" for n in range(9)
    )
    put("pg.tsv", f"Protein.Group\tProtein.Ids\tProtein.Names\tGenes\t{runs}\n{rows}")
    found, _ = facts("a.sdrf.tsv", "pg.tsv")
    assert found["assays"]["proteome"]["samples"] == {
        "file": "a.sdrf.tsv", "from": "comment[data file]", "to": "source name",
    }  # fmt: skip
    assert found["clinical"]["columns"]["age"] == "characteristics[age]"


def series_matrix(first=1, genes=GENES):
    names = "\t".join(f'"GSM{n}"' for n in range(first, first + 4))
    ages = "\t".join(f'"age: {n}"' for n in range(41, 45))
    died = "\t".join(f'"mortality_event_28days: {n % 2}"' for n in range(4))
    rows = "".join(f'"{g}"\t1.5\t2.5\t3.5\t{n}.5\n' for n, g in enumerate(genes))
    return (
        f'!Series_title\t"t"\n!Sample_geo_accession\t{names}\n'
        f"!Sample_characteristics_ch1\t{ages}\n!Sample_characteristics_ch1\t{died}\n"
        f'!series_matrix_table_begin\n"ID_REF"\t{names}\n{rows}!series_matrix_table_end\n'
    )


def test_a_series_matrix_is_its_own_clinical_table(put, facts):
    put("GSE1_series_matrix.txt", series_matrix())
    found, remarks = facts("GSE1_series_matrix.txt")
    assert found["clinical"]["file"] == "GSE1_series_matrix.txt"
    columns = found["clinical"]["columns"]
    assert columns == {"age": "age", "death_28d": "mortality_event_28days"}
    assert found["assays"]["rna"]["format"] == "geo_series_matrix"
    assert any("scale" in line or "log2" in line for line in remarks)


def test_a_series_matrix_without_values_is_no_assay(put, facts):
    """As of RNA sequencing; the counts are NCBI's, by Entrez gene."""
    put("GSE1_series_matrix.txt", series_matrix(genes=()))
    rows = [f"{gene}\t5\t70\t{n}\t9" for n, gene in enumerate((7124, 3569, 972, 60, 2597))]
    put("GSE1_raw_counts.tsv", "\n".join(["GeneID\tGSM1\tGSM2\tGSM3\tGSM4", *rows]) + "\n")
    found, remarks = facts("GSE1_series_matrix.txt", "GSE1_raw_counts.tsv")
    assert found["clinical"]["file"] == "GSE1_series_matrix.txt"
    (assay,) = found["assays"].values()
    assert (assay["kind"], assay["file"]) == ("rna_counts", "GSE1_raw_counts.tsv")
    assert any("is a clinical table only" in line for line in remarks)
    assert not [line for line in remarks if "the check will say" in line]


def test_of_two_platforms_each_is_a_cohort_of_its_own(put, facts):
    put("GSE1-GPL1_series_matrix.txt", series_matrix())
    put("GSE1-GPL2_series_matrix.txt", series_matrix(first=5))
    found, remarks = facts("GSE1-GPL1_series_matrix.txt", "GSE1-GPL2_series_matrix.txt")
    assert [a["file"] for a in found["assays"].values()] == ["GSE1-GPL1_series_matrix.txt"]
    assert any("GPL2" in line and "a cohort of their own" in line for line in remarks)
    assert not [line for line in remarks if "the check will say" in line]


def test_names_with_blanks_accents_and_escapes_are_quoted(put, tmp_path, untold):
    put("données d'été.csv", SHEET.replace("PatientID", "Patient\x1b[31m ID"))
    put("mes réponses.tsv", matrix(SAMPLES))
    draft = draft_cohort(
        [tmp_path / "données d'été.csv", tmp_path / "mes réponses.tsv"], None, None
    )
    assert draft.text.replace("\n", "").isprintable()
    assert yaml.safe_load(draft.text)["clinical"]["file"] == "données d'été.csv"


def test_unreadable_files_of_a_folder_are_told_in_one_line(put, facts):
    put("c.csv", SHEET)
    put("m.tsv", matrix(SAMPLES))
    put("blanks.txt", "a b c\n1 2 3\n4 5 6\n")
    put("page.tsv", "<html>404</html>\n")
    _, remarks = facts()
    (line,) = [line for line in remarks if "no reader reads" in line]
    assert "blanks.txt, page.tsv" in line


def test_unreadable_files_are_left_out_and_named(put, facts):
    put("c.csv", SHEET)
    put("m.tsv", matrix(SAMPLES))
    put("paper.pdf", b"%PDF-1.7\n")
    put("empty.csv", "")
    found, remarks = facts("c.csv", "m.tsv", "paper.pdf", "empty.csv")
    assert list(found["assays"]) == ["rna"]
    assert sum(line.startswith("left out: ") for line in remarks) == 2


def test_scans_are_refused_with_the_remedy(put, tmp_path):
    put("a.CEL", "x")
    with pytest.raises(InputError, match="RMA"):
        draft_cohort([tmp_path / "a.CEL"], None, None)


def test_what_is_not_there_is_told_at_once(put, tmp_path):
    put("c.csv", SHEET)
    paths = [tmp_path / name for name in ("c.csv", "absent.txt", "gone")]
    with pytest.raises(InputError) as error:
        draft_cohort(paths, None, None)
    assert len(error.value.problems) == 2


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="no file"):
        draft_cohort([tmp_path], None, None)


@pytest.fixture(scope="module")
def raw_files(tmp_path_factory):
    """The files of the built-in study's cohorts, as hospitals and laboratories leave them."""
    folder = tmp_path_factory.mktemp("raw")
    write(simulate.draw(simulate.load_world("separated"), 1), folder)
    return folder


@pytest.mark.parametrize("cohort", ["athens", "nijmegen", "jena", "modena"])
def test_the_drafts_of_generated_cohorts_pass_or_tell_what_is_left(raw_files, cohort, untold):
    assert untold(raw_files / cohort) == []


def test_tables_that_translate_probes_and_samples_are_found(raw_files):
    jena = yaml.safe_load(draft_cohort([raw_files / "jena"], None, None).text)
    assert jena["assays"]["rna"]["features"] == {
        "file": "GPL_SIMULATED.txt", "id": "ID", "gene": "Gene Symbol",
    }  # fmt: skip
    modena = yaml.safe_load(draft_cohort([raw_files / "modena"], None, None).text)
    assert modena["assays"]["proteome"]["samples"] == {
        "file": "sample_key.tsv", "from": "Run", "to": "Sample",
    }  # fmt: skip


def test_a_draft_is_made_from_the_command_line_and_kept(put, tmp_path):
    put("c.csv", SHEET)
    code = "import sys; from immunosep_omics.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "new-cohort", "c.csv", "--output", "cohorts/a.yaml"]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    kept = Path(tmp_path / "cohorts/a.yaml").read_bytes()
    second = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "there already" in second.stderr
    assert Path(tmp_path / "cohorts/a.yaml").read_bytes() == kept


@pytest.mark.parametrize(
    ("fraction", "kind"), [(lambda n, m: (n + m) % 2 / 4, "rna_counts"),
                           (lambda n, m: 0.37, "expression")],
)  # fmt: skip
def test_fractions_beside_whole_numbers_are_estimated_counts(put, facts, fraction, kind):
    put("c.csv", SHEET)
    put("m.tsv", matrix(SAMPLES, lambda n, m: (n * 37 + m * 13) % 400 + 1 + fraction(n, m)))
    found, remarks = facts("c.csv", "m.tsv")
    assay = found["assays"]["rna"]
    assert assay["kind"] == kind
    assert assay.get("counts") == ("estimated" if kind == "rna_counts" else None)
    assert not any("the check will say" in line for line in remarks)


@pytest.mark.parametrize(("head", "cells", "column"), [
    (["row ID", "row m/z", "row retention time"], ["{}", "100.5", "2.5"], "{}.mzML Peak area"),
    (["", "mzmed", "rtmed", "npeaks"], ["FT{}", "100.5", "60.5", "8"], "{}"),
    (["metabolite", "mass_to_charge", "retention_time"], ["m{}", "100.5", "2.5"], "{}"),
])  # fmt: skip
def test_what_peak_pickers_tell_beside_the_areas_is_stated(put, facts, head, cells, column):
    put("c.csv", SHEET)
    rows = [[*head, *map(column.format, SAMPLES)]]
    rows += [
        [*(cell.format(n) for cell in cells), *((n * 37 + m * 13) % 400 + 0.5 for m in range(8))]
        for n in range(24)
    ]
    put("m.csv", "\n".join(",".join(map(str, row)) for row in rows) + "\n")
    found, remarks = facts("c.csv", "m.csv")
    assert found["assays"]["metabolites"]["not_features"] == head[1:]
    assert not any("the check will say" in line for line in remarks)


@pytest.mark.parametrize("probe", ["{}_at", "{}_s_at", "ILMN_{}", "A_23_P{}"])
def test_probes_are_of_arrays_and_want_their_platform(put, facts, probe):
    """As R writes `exprs(rma(...))`: the columns are the arrays' files."""
    put("c.csv", SHEET)
    rows = [["", *(f"GSM{n}_{s}.CEL.gz" for n, s in enumerate(SAMPLES))]]
    rows += [[probe.format(1000 + n), *(4 + (n * 37 + m * 13) % 80 / 10 for m in range(8))]
             for n in range(30)]  # fmt: skip
    put("rma.txt", tabbed(*rows))
    found, remarks = facts("c.csv", "rma.txt")
    assay = found["assays"]["rna"]
    assert (assay["kind"], assay["scale"]) == ("rna_array", "log2")
    assert "to do: rma.txt: name the platform's table under `features`" in remarks
    assert not any("the check will say" in line for line in remarks)
    put(
        "gpl.txt",
        tabbed(
            ["ID", "Gene Symbol"],
            *([probe.format(1000 + n), ("TNF", "IL6", "CRP")[n % 3]] for n in range(30)),
        ),
    )
    found, _ = facts("c.csv", "rma.txt", "gpl.txt")
    assert found["assays"]["rna"]["features"]["gene"] == "Gene Symbol"


@pytest.mark.parametrize(("header", "kind"), [
    (["SampleID", "Analyte", "Value", "Unit"], "cytokines"),
    (["Sample", "Cytokine", "Concentration (pg/mL)", "Bead count"], "cytokines"),
    (["SampleName", "Target", "NPQ", "SampleQC"], "cytokines"),
    (["sample_id", "metabolite", "concentration_uM", "batch"], "metabolites"),
])  # fmt: skip
def test_a_row_for_each_sample_and_analyte(put, facts, header, kind):
    put("c.csv", SHEET)
    rows = [[s, name, (n * 37 + m * 13) % 19 + 4.5, 60] for n, s in enumerate(SAMPLES)
            for m, name in enumerate(("IL-6", "TNF-a", "IL-10"))]  # fmt: skip
    put("m.tsv", tabbed(header, *rows))
    found, remarks = facts("c.csv", "m.tsv")
    assay = found["assays"][kind]
    told = {"run": header[0], "feature": header[1], "value": header[2]}
    assert assay["format"] == "long"
    assert {key: assay[key] for key in told} == told
    assert assay.get("scale") == ("log2" if header[2] == "NPQ" else None)
    assert not any("the check will say" in line for line in remarks)


def test_a_row_for_each_patient_and_parameter_is_clinical(put, facts):
    put("c.csv", SHEET)
    rows = [[s, name, 10 * n + 5.5, "mg/L"] for n, s in enumerate(SAMPLES)
            for name in ("CRP", "Ferritin")]  # fmt: skip
    put("labs.tsv", tabbed(["PatientID", "Parameter", "Value", "Unit"], *rows))
    found, _ = facts("c.csv", "labs.tsv")
    assert not found["assays"]
