"""Drafts of cohort files: what is recognised, and what is left to a person."""

from pathlib import Path

import pytest
import yaml

from immunosep_omics.errors import InputError
from immunosep_omics.ingest.draft import draft_cohort
from immunosep_omics.ingest.draft.formats import look_at

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
    "fragpipe": "Protein\tProtein ID\tEntry Name\tGene\tA Intensity\n",
    "proteome_discoverer": "Accession\tMaster\tDescription\tAbundance: F1\n",
    "skyline": "Protein Name,Peptide Sequence,Replicate Name,Area\n".replace(",", "\t"),
    "openms": "MTD\tmzTab-version\t1.0.0\n",
    "olink_long": "SampleID;Index;OlinkID;UniProt;Assay;NPX\nS1;1;OID1;P1;TNF;3.1\n",
    "somascan": "!Checksum\tab\n^HEADER\n",
}


@pytest.mark.parametrize("name", FIRST_LINES)
def test_a_format_is_told_by_how_its_file_begins(put, name):
    folder = put("file.txt", FIRST_LINES[name])
    found = look_at(folder / "file.txt").signature
    assert found is not None
    assert found.format == name


def facts(folder, *names, output=None):
    draft = draft_cohort([folder / name for name in names], None, output)
    return yaml.safe_load(draft.text), draft


def test_units_come_from_headers_alone(put):
    folder = put(
        "c.csv", "PatientID,Age,Ferritin (ug/L),Lactate,CRP_mg_L\np1,4,5,6,7\np2,4,5,6,7\n"
    )
    found, draft = facts(folder, "c.csv")
    columns = found["clinical"]["columns"]
    assert columns["ferritin"] == {"from": "Ferritin (ug/L)", "unit": "ug/L"}
    assert columns["crp"]["unit"] == "mg/L"
    assert "lactate" not in columns
    assert any("Lactate" in line and "mmol/L" in line for line in draft.remarks)


def test_columns_that_identify_a_person_are_named_and_left_out(put):
    folder = put("c.csv", "PatientID,Age,Date of birth\np1,4,1980-01-01\n")
    _, draft = facts(folder, "c.csv")
    assert "1980" not in draft.text
    assert any("'Date of birth' is left out" in line for line in draft.remarks)


def test_a_matrix_is_turned_by_the_names_of_the_samples(put):
    put("c.csv", "PatientID,Age,Sex\np1,40,F\np2,50,M\np3,60,F\n")
    folder = put("m.tsv", "s\tTNF\tIL6\tCRP\np1\t1.5\t2\t3\np2\t1\t2\t3\np3\t1\t2\t3\n")
    found, _ = facts(folder, "c.csv", "m.tsv")
    (assay,) = found["assays"].values()
    assert assay["samples_in"] == "rows"
    assert assay["scale"] == "log2"


def test_decimal_commas_and_delimiters_are_stated(put):
    folder = put("m.csv", "gene;a;b;c\nTNF;1,5;2,5;3,0\nIL6;0,5;2,0;3,1\n")
    found, _ = facts(folder, "m.csv")
    (assay,) = found["assays"].values()
    assert (assay["delimiter"], assay["decimal"]) == (";", ",")


def test_files_of_one_sample_each_become_one_assay(put):
    put("S1.counts.txt", FIRST_LINES["htseq"])
    folder = put("S2.counts.txt", FIRST_LINES["htseq"])
    found, _ = facts(folder, "S1.counts.txt", "S2.counts.txt")
    assert [assay["file"] for assay in found["assays"].values()] == ["S*.counts.txt"]


def test_scans_are_refused_with_the_remedy(put):
    folder = put("a.CEL", "x")
    with pytest.raises(InputError, match="RMA"):
        draft_cohort([folder / "a.CEL", folder / "absent.txt"], None, None)


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
}


@pytest.mark.parametrize("file", REAL)
def test_real_files_are_recognised(shared_data, file):
    found = look_at(Path(shared_data) / "formats" / file).signature
    assert found is not None
    assert found.format == REAL[file]
