"""What a file is, told by how it begins."""

from pathlib import Path

import polars as pl
import pytest

from immunosep_omics.errors import InputError
from immunosep_omics.ingest import READERS
from immunosep_omics.ingest.draft.formats import look_at
from immunosep_omics.ingest.files import workbook
from immunosep_omics.settings.assays import assay_facts

FIRST_LINES = {
    "featurecounts": "# Program:featureCounts v2.0.1\nGeneid\tChr\tStart\tEnd\n",
    "star": "N_unmapped\t1\t1\t1\nN_multimapping\t2\t2\t2\n",
    "htseq": "TNF\t3\nIL6\t0\n__no_feature\t9\n",
    "salmon": "Name\tLength\tEffectiveLength\tTPM\tNumReads\nENST1\t9\t8\t1.0\t2\n",
    "kallisto": "target_id\tlength\teff_length\test_counts\ttpm\nENST1\t9\t8\t1\t2\n",
    "rsem": "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\n",
    "nfcore_rnaseq": "gene_id\tgene_name\tA\tB\nENSG1\tTNF\t1\t2\n",
    "geo_series_matrix": '!Series_title\t"t"\n!Series_geo_accession\t"GSE1"\n',
    "geo_soft": "^DATABASE = GeoMiame\n!Database_name = GEO\n",
    "maxquant": "Protein IDs\tMajority protein IDs\tLFQ intensity A\n",
    "diann": "Protein.Group\tProtein.Ids\tProtein.Names\tGenes\tA.raw\n",
    "spectronaut": "R.FileName\tPG.ProteinGroups\tPG.Quantity\n",
    "fragpipe": "Protein\tProtein ID\tEntry Name\tGene\tCombined Total Peptides\tA Intensity\n",
    "proteome_discoverer": "Accession\tMaster\tDescription\tAbundance: F1\n",
    "skyline": "Protein;Peptide Modified Sequence;Precursor Charge;Fragment Ion;Replicate;Area\n",
    "long": "Protein Name,Peptide Sequence,Replicate Name,Area\n".replace(",", "\t"),
    "openms": "MTD\tmzTab-version\t1.0.0\n",
    "olink_long": "SampleID;Index;OlinkID;UniProt;Assay;NPX\nS1;1;OID1;P1;TNF;3.1\n",
    "somascan": "!Checksum\tab\n^HEADER\n",
}


@pytest.mark.parametrize("name", FIRST_LINES)
def test_a_format_is_told_by_how_its_file_begins(put, name):
    folder = put("file.txt", FIRST_LINES[name])
    assert [look.format for look in look_at(folder / "file.txt")] == [name]


def test_merged_counts_without_names_of_genes_are_told_by_their_file(put):
    folder = put("star.merged.gene_counts.tsv", "gene_id\ts1\ts2\nENSG1\t1.5\t2\n")
    (look,) = look_at(folder / "star.merged.gene_counts.tsv")
    assert look.format == "nfcore_rnaseq"


def test_of_what_nfcore_writes_the_counts_of_genes_are_taken(put, tmp_path, facts):
    names = ("gene_counts", "gene_counts_length_scaled", "gene_tpm", "gene_lengths")
    for name in names:
        text = "gene_id\tgene_name\ts1\ts2\nENSG00000232810\tTNF\t1.5\t2\n"
        put(f"salmon.merged.{name}.tsv", text)
    put("salmon.merged.transcript_counts.tsv", "tx\tgene_id\ts1\ts2\nENST1\tENSG1\t1\t2\n")
    for sample in ("s1", "s2"):
        (tmp_path / sample).mkdir()
        put(f"{sample}/quant.sf", FIRST_LINES["salmon"])
        put(f"{sample}/quant.genes.sf", FIRST_LINES["salmon"])
    found, remarks = facts()
    assert found["assays"] == {"rna": {
        "kind": "rna_counts", "format": "nfcore_rnaseq", "file": "salmon.merged.gene_counts.tsv",
    }}  # fmt: skip
    kept = "salmon.merged.gene_counts.tsv says the same"
    assert [line for line in remarks if "left out" in line] == [
        "left out: s1/quant.genes.sf, s2/quant.genes.sf: s1/quant.sf says the same",
        "left out: salmon.merged.gene_counts_length_scaled.tsv, salmon.merged.gene_lengths.tsv,"
        f" salmon.merged.gene_tpm.tsv, salmon.merged.transcript_counts.tsv: {kept}",
        f"left out: s1/quant.sf, s2/quant.sf: {kept}",
    ]


RUNS = "\tp1\tp2\nP01375\tP01375\tP01375\tTNF\t21.5\t20.5\t22.5\n"
TMT = "Index\tProtein ID\tNumberPSM\tGene\tReferenceIntensity" + RUNS
IONQUANT = "Protein\tProtein ID\tEntry Name\tGene\tp1 Intensity\tp2 Intensity\n"
DIANN = "Protein.Group\tProtein.Ids\tProtein.Names\tGenes\tp1.raw\tp2.raw\n"
MSSTATS = ("ProteinName,PeptideSequence,PrecursorCharge,FragmentIon,ProductCharge,"
           "IsotopeLabelType,Run,Intensity\nP01375,AAK,2,NA,NA,L,p1,5000\n")  # fmt: skip
FOLDERS = {
    "TMT-Integrator": ("abundance_protein_MD.tsv", {
        f"{values}_{of}_{norm}.tsv": TMT for values in ("abundance", "ratio")
        for of in ("gene", "protein") for norm in ("MD", "None")
    }),
    "IonQuant": ("combined_protein.tsv", {
        "combined_protein.tsv": IONQUANT + "sp|P01375|T\tP01375\tT\tTNF\t5000\t6000\n",
        "combined_peptide.tsv": "Peptide Sequence\t" + IONQUANT
        + "AAK\tsp|P01375|T\tP01375\tT\tTNF\t5000\t6000\n",
        "MSstats.csv": MSSTATS,
    }),
    "DIA-NN": ("my_report.pg_matrix.tsv", {
        "my_report.pg_matrix.tsv": DIANN + "P01375\tP01375\tT\tTNF\t5000\t6000\n",
        "my_report.gg_matrix.tsv": "Genes\tN.Sequences\tp1.raw\tp2.raw\nTNF\t2\t5000\t6000\n",
        "my_report.tsv": "Run\tProtein.Group\tGenes\tQ.Value\tPG.MaxLFQ\np1\tP1\tTNF\t0\t5000\n",
        "my_report.stats.tsv": "File.Name\tPrecursors.Identified\np1.raw\t1000\np2.raw\t1001\n",
    }),
    "MaxQuant": ("proteinGroups.txt", {
        "proteinGroups.txt": "Protein IDs\tMajority protein IDs\tGene names\tLFQ intensity p1\n"
        "P01375\tP01375\tTNF\t5000\n",
        "evidence.txt": "Sequence\tProteins\tRaw file\tCharge\tIntensity\nAAK\tP1\tp1\t2\t5000\n",
        "summary.txt": "Raw file\tExperiment\tMS/MS\nr1\tp1\t1000\nr2\tp2\t1001\n",
    }),
}  # fmt: skip


@pytest.mark.parametrize("program", FOLDERS)
def test_of_a_programs_folder_one_table_is_taken(put, facts, program):
    kept, files = FOLDERS[program]
    for name, text in files.items():
        put(name, text)
    found, remarks = facts()
    (assay,) = found["assays"].values()
    assert assay["file"] == kept
    (told,) = [line for line in remarks if f": {kept} says the same" in line]
    beside = sum(name.endswith((".stats.tsv", "summary.txt")) for name in files)
    others = len(files) - 1 - beside
    assert told.count(",") == others - 1 if others <= 5 else f"and {others - 5} more" in told


def test_results_of_two_studies_in_one_folder_are_two_assays(put, facts):
    text = DIANN + "P01375\tP01375\tT\tTNF\t5000\t6000\n"
    put("plasma.pg_matrix.tsv", text)
    put("cells.pg_matrix.tsv", text.replace("5000", "7000"))
    found, _ = facts()
    files = [assay["file"] for assay in found["assays"].values()]
    assert sorted(files) == ["cells.pg_matrix.tsv", "plasma.pg_matrix.tsv"]


UNREADABLE = {
    "a.pdf": (b"%PDF-1.7\n", "PDF"),
    "a.png": (b"\x89PNG\r\n\x1a\n", "picture"),
    "a.docx": (b"PK\x03\x04" + b"\0" * 40, "document"),
    "a.rds": (b"\x1f\x8b\x08\0\0", "cannot be read"),
    "a.CEL": (b"x", "RMA"),
    "a.h5": (b"\x89HDF\r\n\x1a\n" + b"x" * 50, "HDF5"),
    "a.parquet": (b"PAR1" + b"x" * 50, "Parquet"),
    "a.xlsx": (b"a,b\n1,2\n", "not a readable workbook"),
    "blanks.txt": (b"a b c\n1 2 3\n4 5 6\n", "divided by blanks"),
    "page.txt.gz": (b"<!DOCTYPE html><html>404</html>", "web page"),
    "empty.csv": (b"", "empty"),
    "zeros.tsv": (b"a\tb\n\0\0\t1\n", "zero bytes"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old format"),
    "cut.txt.gz": (None, "cannot be read"),
}


NOT_PROTEINS = {
    "protein.tsv": (
        "Protein\tProtein ID\tEntry Name\tGene\tProtein Probability\tTop Peptide Probability"
        "\tTotal Intensity\tUnique Intensity\tRazor Intensity", "combined_protein.tsv"),
    "psm.tsv": ("Spectrum\tSpectrum File\tPeptide\tCharge\tIntensity\tProtein\tProtein ID\tGene",
                "combined_protein.tsv"),
    "abundance_single-site_MD.tsv": (
        "Index\tGene\tProteinID\tPeptide\tSequenceWindow\tStart\tEnd\tMaxPepProb"
        "\tReferenceIntensity\tp1\tp2", "abundance_protein"),
    "combined_site_STY_79.9663.tsv": (
        "Index\tGene\tProtein\tProtein ID\tPeptide\tBest Localization Probability"
        "\tp1 Localization\tp1 Intensity\tp1 MaxLFQ Intensity", "combined_protein.tsv"),
    "report.phosphosites_90.tsv": (
        "Protein\tProtein.Names\tGene.Names\tResidue\tSite\tSequence\tC:\\p1.raw",
        "pg_matrix"),
    "PTM_Report.tsv": ("R.FileName\tPG.ProteinGroups\tPTM.CollapseKey\tPTM.Quantity",
                       "PG.Quantity"),
    "Phospho (STY)Sites.txt": (
        "Proteins\tPositions within proteins\tLeading proteins\tProtein\tLocalization prob"
        "\tIntensity p1___1\tIntensity p1", "proteinGroups.txt"),
    "peptides.txt": (
        "Sequence\tN-term cleavage window\tLength\tProteins\tLeading razor protein"
        "\tStart position\tEnd position\tLFQ intensity p1\tIntensity p1", "proteinGroups.txt"),
    "proteins.csv": (
        "Protein Group,Protein ID,Accession,-10lgP,Coverage (%),Area S1,Area S2,#Peptides,PTM,"
        "Avg. Mass,Description", "PEAKS"),
    "lfq.proteins.csv": (
        "Protein Group,Top,Accession,Significance,Coverage (%),p1 Area,p2 Area,"
        "Sample Profile (Ratio),Group 1 Area,Group Profile (Ratio),Description", "PEAKS"),
    "protein-peptides.csv": ("Peptide,-10lgP,Mass,ppm,m/z,RT,Area p1,Area p2,Accession,PTM",
                             "PEAKS"),
}  # fmt: skip
"""What search engines write beside the table of proteins, and what its refusal names."""


@pytest.mark.parametrize("name", NOT_PROTEINS)
@pytest.mark.parametrize("stated", ["proteome_discoverer", "fragpipe", "maxquant"])
def test_tables_of_sites_and_peptides_are_refused_by_name(put, refused, name, stated):
    header, words = NOT_PROTEINS[name]
    mark = "," if name.endswith("csv") else "\t"
    folder = put(name, f"{header}\n{mark.join(['1'] * len(header.split(mark)))}\n")
    refused(lambda: look_at(folder / name), words)
    facts = assay_facts({"format": stated, "file": name})
    refused(lambda: READERS[stated](facts, folder), words)


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_no_reader_reads_is_refused_with_a_reason(put, tmp_path, name):
    data, words = UNREADABLE[name]
    if name == "page.txt.gz":
        put(name, data)
    else:
        (tmp_path / name).write_bytes(b"\x1f\x8b\x08\0rubbish" if data is None else data)
    with pytest.raises(InputError, match=words):
        look_at(tmp_path / name)


def test_sheets_of_a_workbook_are_tables_of_their_own(put_sheets):
    folder = put_sheets(
        "b.xlsx", patients=[["PatID", "Age"], ["p1", 40]], labs=[["PatID", "CRP"], ["p1", 3]],
        empty=[],
    )  # fmt: skip
    looks = look_at(folder / "b.xlsx")
    assert [(look.sheet, look.header) for look in looks] == [
        (None, ["PatID", "Age"]), ("labs", ["PatID", "CRP"]),
    ]  # fmt: skip


def test_a_workbook_is_not_opened_for_each_format(put_sheets, monkeypatch):
    """To open one of many rows takes seconds where it does not tell its size."""
    opened = []
    check = workbook._check_file
    monkeypatch.setattr(
        workbook, "_check_file", lambda path, shown: (opened.append(shown), check(path, shown))[1]
    )
    folder = put_sheets("p.xlsx", Proteins=[["Accession", "Description", "Abundance: F1"],
                                            ["P01375", "d", 3.5]])  # fmt: skip
    assert look_at(folder / "p.xlsx")[0].format == "proteome_discoverer"
    assert len(opened) == 1
    folder = put_sheets("c.xlsx", clinical=[["patient", "age"], ["p1", 50]])
    assert look_at(folder / "c.xlsx")[0].format is None
    assert len(opened) <= 4


def test_htseq_with_a_header_is_told_by_its_last_rows(put):
    genes = "".join(f"GENE{n}\t{n}\n" for n in range(100))
    folder = put("h.tsv", f"gene\tS1\n{genes}__no_feature\t3\n")
    put("m.tsv", f"gene\tS1\n{genes}")
    assert look_at(folder / "h.tsv")[0].format == "htseq"
    assert look_at(folder / "m.tsv")[0].format is None


REAL = {
    "salmon/ERR188021/quant.sf.gz": "salmon",
    "kallisto/ERR188021/abundance.tsv.gz": "kallisto",
    "maxquant/alphastats_go_proteinGroups.txt": "maxquant",
    "geo/GDS507.soft.gz": "geo_soft",
    "somascan/example_data10.adat": "somascan",
    "diann/PXD019909_diann_report.tsv": "diann",
    "msstatsconvert_raw/Spectronaut/spectronaut_input.csv": "spectronaut",
    "msstatsconvert_raw/Skyline/skyline_input.csv": "skyline",
    "olink/SYNTHETIC_npx_data_ext.parquet": "olink_long",
    "h5ad_airway/airway.h5ad": "h5ad",
    "olink/SYNTHETIC_npx_data1.xlsx": "olink_wide",
    "olink/gisby_2021_long/serum_npx_level.csv.gz": "olink_long",
    "diann/alphadia_1.10.4_pg_matrix.tsv": "alphadia",
    "tenx/1.2.0/filtered_gene_bc_matrices_h5.h5": "single_cell",
    "tenx/3.0.0/filtered_feature_bc_matrix/matrix.mtx.gz": "single_cell",
    "tenx/10x_pbmc68k_reduced.h5ad": "single_cell",
    "htseq/counts.tsv": "htseq",
    "star/ERR458837_subsamp_1ReadsPerGene.out.tab": "star",
    "rsem/ERR188021/ERR188021.genes.results.gz": "rsem",
    "featurecounts/P1234_101_biotype_counts.txt": "featurecounts",
    "geo/GPL97.annot.gz": "platform",
    "msstatsconvert_raw/PD/pd_input.csv": "proteome_discoverer",
    "msstatsconvert_raw/OpenSWATH/openswath_input.csv": "long",
}


@pytest.mark.parametrize("file", REAL)
def test_real_files_are_recognised(shared_data, file):
    assert look_at(Path(shared_data) / "formats" / file)[0].format == REAL[file]


def test_tables_of_the_genomic_data_commons_are_star(put):
    head = "gene_id\tgene_name\tgene_type\tunstranded\tstranded_first\tstranded_second\n"
    folder = put("u.tsv", f"# gene-model: GENCODE v36\n{head}N_unmapped\t\t\t1\t1\t1\n")
    assert [look.format for look in look_at(folder / "u.tsv")] == ["star"]


def test_one_table_in_two_containers_is_one_assay(put, tmp_path, facts):
    text = "SampleID,OlinkID,UniProt,Assay,Panel,NPX\n" + "".join(
        f"s{n},OID{m},P0137{m},{gene},Inflammation,{n * 0.7 + m}\n"
        for n in range(4) for m, gene in enumerate(("TNF", "IL6", "CRP"))
    )  # fmt: skip
    put("npx.csv", text)
    pl.read_csv(text.encode()).write_parquet(tmp_path / "npx.parquet")
    put("other.csv", text.replace("2.4", "2.5"))
    found, remarks = facts()
    files = [assay["file"] for assay in found["assays"].values()]
    assert files == ["npx.csv", "other.csv"]
    assert "left out: npx.parquet: npx.csv says the same" in remarks
