"""Every real set is checked without a false alarm, and read whole; what must be refused is told."""

import csv
import gzip
from pathlib import Path

import pytest
import yaml

from immunosep_omics.cli import main
from immunosep_omics.errors import InputError
from immunosep_omics.ingest import READERS, ingest_assay, read_clinical
from immunosep_omics.settings import load_study
from immunosep_omics.settings.assays import Matrix

HERE = Path(__file__).parent
COHORTS = HERE / "cohorts"

READ = {
    "airway": {"rna": (8, 64102)}, "alphadia": {"proteins": (6, 9364)},
    "brca_test": {"mrna": (70, 200), "mirna": (70, 184)},
    "brca_train": {"mrna": (150, 200), "mirna": (150, 184), "protein": (150, 142)},
    "coconut_gse28750": {"rna": (10, 2000)}, "coconut_gse40012": {"rna": (10, 2000)},
    "coconut_gse66099": {"rna": (10, 2000)}, "diann": {"proteins": (43, 9307)},
    "featurecounts": {"rna": (3, 30)}, "gds507": {"rna": (17, 22645)},
    "gisby_rna": {"rna": (234, 2184)}, "gisby_serum": {"olink": (63, 436)},
    "gse13015": {"rna": (67, 9059)}, "gse157103": {"rna": (32, 558)},
    "kallisto": {"rna": (2, 25343)}, "salmon": {"rna": (2, 25343)}, "rsem": {"rna": (1, 25343)},
    "maxquant": {"proteins": (48, 2409)}, "star": {"rna": (1, 57773)},
    "ms_diann": {"proteins": (6, 20)}, "ms_fragpipe": {"proteins": (6, 9)},
    "ms_maxquant": {"proteins": (15, 4)}, "ms_metamorpheus": {"proteins": (4, 11)},
    "ms_openms": {"proteins": (12, 5)}, "ms_openswath": {"proteins": (6, 3)},
    "ms_pd": {"proteins": (15, 5)}, "ms_pdtmt": {"proteins": (150, 5)},
    "ms_skyline": {"proteins": (15, 5)}, "ms_spectronaut": {"proteins": (6, 1)},
    "olink_parquet": {"olink": (1, 1)}, "olink_synthetic": {"olink": (156, 184)},
    "overmyer_second": {"proteins": (128, 745)}, "race_cytokines": {"cytokines": (189, 10)},
    "radboud_pl1_final": {"inflammation": (86, 62)},
    "radboud_pl1_original": {"inflammation": (88, 92)},
    "radboud_pl2_final": {"inflammation": (84, 62)},
    "radboud_pl2_original": {"inflammation": (88, 92)},
    "somascan": {"soma": (9, 4979)}, "su_metabolites": {"metabolites": (266, 1050)},
    "su_metabolites_filled": {"metabolites": (127, 452)}, "su_proteins": {"proteins": (127, 455)},
    "tb_hiv": {"rna": (31, 25369)}, "tb_indian": {"rna": (44, 408)}, "tenx": {"rna": (1, 507)},
}  # fmt: skip
"""Samples and features of each assay's file, before features are joined to genes."""

REFUSED = {
    "gisby_plasma": ("no sample of the file is in the clinical table", "`sample_column`"),
    "gse185263": ("no sample has a table of values", "this file can still be the clinical table"),
    "gse8121_log2": ("declared as log2, but look linear ratios", "state `scale: linear`"),
    "htseq_mouse": ("genes of mouse", "translate the genes"),
    "htseq_pasilla": ("genes of fruit fly", "translate the genes"),
    "pbmc68k": ("hold no counts", "give a file with raw counts"),
    "race_metabolites": ("sample names stand more than once", "rename or remove"),
    "su_processed": ("look like z-scores", "before they were standardised"),
}
"""Sets on no scale or of no kind that can be analysed: the problem, and its remedy."""


@pytest.fixture
def study(linked_data, tmp_path, monkeypatch):
    """Write a study of one set; its cohort file is this folder's."""
    monkeypatch.setenv("SHARED", str(linked_data))
    (tmp_path / "cohorts").symlink_to(COHORTS)

    def write(name):
        assays = yaml.safe_load((COHORTS / f"{name}.yaml").read_text(encoding="utf-8"))["assays"]
        stated = {
            "study": name, "results": str(tmp_path / "results"), "seed": 1, "cohorts": [name],
            "analyses": {"main": {"assays": list(assays), "harmonise": "none"}},
        }  # fmt: skip
        path = tmp_path / "study.yaml"
        path.write_text(yaml.safe_dump(stated), encoding="utf-8")
        return path

    return write


def test_every_cohort_file_is_expected():
    assert {path.stem for path in COHORTS.glob("*.yaml")} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", ["blood", "covid", "olink"])
def test_the_studies_of_this_folder_pass(real_data, study_file, tmp_path, capsys, name):
    table = tmp_path / "check.tsv"
    assert main(["check", "--configfile", str(study_file(name)), "--table", str(table)]) == 0
    assert "problem" not in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
def test_a_set_passes_and_is_read_whole(study, capsys, name):
    path = study(name)
    assert main(["check", "--configfile", str(path)]) == 0
    assert "problem" not in capsys.readouterr().err
    loaded = load_study([path])
    cohort, folder = loaded.cohorts[name], loaded.folders[name]
    clinical = read_clinical(name, cohort.clinical, folder)
    for assay, facts in cohort.assays.items():
        raw = READERS[facts.format](facts, folder)
        assert raw.values.shape == READ[name][assay]
        made, quality, _, mapping = ingest_assay(name, assay, facts, folder, clinical)
        assert len(mapping) == raw.values.shape[1]
        assert made.n_obs == len(quality) == len(raw.values)
        assert set(made.obs_names) <= set(clinical.table.index)
        assert 0 < made.n_vars <= raw.values.shape[1]
        if isinstance(facts, Matrix):
            _same_cells(raw.values, folder / facts.file, facts)


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_a_set_is_refused_by_name(study, capsys, name):
    path = study(name)
    assert main(["check", "--configfile", str(path)]) == 1
    told = capsys.readouterr().err
    assert "Traceback" not in told
    loaded = load_study([path])
    cohort, folder = loaded.cohorts[name], loaded.folders[name]
    for word in REFUSED[name]:
        assert word in told
    with pytest.raises(InputError, match=REFUSED[name][0]):
        clinical = read_clinical(name, cohort.clinical, folder)
        for assay, facts in cohort.assays.items():
            ingest_assay(name, assay, facts, folder, clinical)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "shape", "cell", "value"),
    [
        ("htseq_pasilla", (7, 14599), ("treated1", "FBgn0000017"), 6205),
        ("htseq_mouse", (1, 49768), ("ts", "NIST_ConsensusVector"), 1859),
    ],
)
def test_other_species_are_read_all_the_same(study, name, shape, cell, value):
    loaded = load_study([study(name)])
    facts = loaded.cohorts[name].assays["rna"]
    values = READERS[facts.format](facts, loaded.folders[name]).values
    assert values.shape == shape
    assert values.loc[cell] == value


def _same_cells(values, path, facts):
    """First, middle and last sample and feature, against the file read by the csv module."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t" if ".tsv" in path.name else ",")
    at = header.index(facts.names) if facts.names else 0
    lines = {row[at]: row for row in rows}
    for sample in values.index[[0, len(values) // 2, -1]]:
        for feature in values.columns[[0, values.shape[1] // 2, -1]]:
            in_columns = facts.samples_in == "columns"
            row, column = (feature, sample) if in_columns else (sample, feature)
            text = lines[row][header.index(column)]
            found = values.loc[sample, feature]
            assert found == float(text) if text not in ("", "NA") else found != found
