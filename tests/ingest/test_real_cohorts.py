"""Whole cohorts of real data, with the YAML that reads them."""

import numpy as np
import pandas as pd
import pytest
import yaml

from immunosep_omics.ingest import ingest_assay, read_clinical
from immunosep_omics.settings.cohort import Cohort

OVERMYER = """
folder: .
clinical:
  file: overmyer_covid/2020-06-10_proteomics.tsv.gz
  patient: Sample_label
  columns:
    age: {from: Age_less_than_90, unit: years}
    sex: {from: Gender, codes: {M: male, F: female}}
    covid: {from: COVID, type: number}
    icu: ICU_1
    ventilation: Mech_Ventilation
    hospital_free_days: {from: Hospital_free_days_45, unit: days}
    ferritin: {from: Ferritin_NG/ML, unit: ng/mL}
    crp: {from: CRP_MG/L, unit: mg/L}
    d_dimer: {from: DDIMER_mg/L_FEU, unit: mg/L FEU}
    fibrinogen: {from: Fibrinogen, unit: mg/dL}
    sofa: SOFA
    apache_ii: APACHEII
assays:
  proteins: &plasma
    kind: ms_proteins
    format: matrix
    file: overmyer_covid/2020-06-10_proteomics.tsv.gz
    scale: log2
    samples_in: rows
    names: Sample_label
    not_features:
      [sample_id, Albany_sampleID, COVID, Age_less_than_90, Gender, ICU_1, APACHEII, Charlson_score,
       Mech_Ventilation, Vent_free_days, DM, Hospital_free_days_45, Ferritin_NG/ML, CRP_MG/L,
       DDIMER_mg/L_FEU, Procalcitonin_NG/ML, Lactate_MMol/L, Fibrinogen, SOFA]
  metabolites:
    <<: *plasma
    kind: metabolites
    file: overmyer_covid/2020-06-11_metabolomics.tsv.gz
  rna:
    kind: expression
    format: matrix
    file: gse157103_subset/expression_558genes_x_32.csv.gz
    features: {file: gse157103_subset/annotation.csv.gz, id: ENSEMBL, gene: SYMBOL}
    samples: {file: gse157103_subset/clinical_match_to_overmyer.csv, from: sample, to: match}
    ignore_samples: [SAMN15934926, SAMN15934989, SAMN15935023]
"""
SREP = """
folder: srep_cohorts
clinical:
  file: samples.csv
  only: {{dataset: {0}}}
  patient: patient_id
  sample: sample_id
  columns:
    hours: {{from: relative_hours, unit: h}}
    death_hospital: {{from: outcome, codes: {{Survivor: 0, Non-survivor: 1, R: 0, NR: 0}}}}
assays:
  rna: {{kind: expression, format: matrix, file: {0}_expr_genes_x_samples.csv.gz, scale: {1}}}
"""
MHH = """
folder: olink_covid
clinical:
  file: annot.mhh.csv.gz
  patient: ""
  columns:
    age: {from: age, unit: years}
    sex: gender
    condition: condition
assays:
  olink:
    kind: olink_npx
    format: matrix
    file: mhh.csv.gz
    samples_in: rows
    features: {file: conv.csv.gz, id: OlinkID, gene: Assay}
"""


def read(text, data):
    cohort = Cohort.model_validate(yaml.safe_load(text))
    folder = data / cohort.folder
    clinical = read_clinical("x", cohort.clinical, folder)
    assays = {a: ingest_assay("x", a, f, folder, clinical) for a, f in cohort.assays.items()}
    return clinical.table, assays


def test_overmyer(shared_data):
    table, assays = read(OVERMYER, shared_data)
    raw = pd.read_csv(
        shared_data / "overmyer_covid/2020-06-10_proteomics.tsv.gz", sep="\t"
    ).set_index("Sample_label")  # fmt: skip
    assert len(table) == 129
    assert table["covid"].value_counts().to_dict() == {1: 102, 0: 26}
    assert table.loc["COVID_54"].isna().sum() == 11
    assert table.loc["COVID_01", ["ferritin", "fibrinogen", "sofa"]].tolist() == [946, 5.13, 8]
    pd.testing.assert_series_equal(table["crp"], raw["CRP_MG/L"], check_names=False)
    proteins, metabolites, rna = (assays[name][0] for name in ("proteins", "metabolites", "rna"))
    # Seven protein groups are of a gene that another group has too.
    assert proteins.shape == (129, 510)
    assert metabolites.shape == (129, 155)
    assert rna.shape == (29, 558)
    assert proteins["COVID_02", "A0A075B6H9"].X[0, 0] == 29.41922775
    assert set(proteins.var["feature"]) <= set(raw.columns)
    assert {"ALB", "APOA1"} <= set(proteins.var_names)


def test_match_of_rna_to_overmyer_by_covariates(shared_data):
    table, assays = read(OVERMYER, shared_data)
    folder = shared_data / "gse157103_subset"
    covariates = pd.read_csv(folder / "covariates.csv.gz", index_col=0)
    match = pd.read_csv(folder / "clinical_match_to_overmyer.csv").set_index("match")["sample"]
    own = covariates.loc[match[assays["rna"][0].obs_names]]
    obs = table.loc[assays["rna"][0].obs_names]
    np.testing.assert_array_equal(own["icu"].eq("yes"), obs["icu"] == 1)
    np.testing.assert_array_equal(own["mechanical_ventilation"].eq("yes"), obs["ventilation"] == 1)
    np.testing.assert_array_equal(own["group"].eq("COVID_19"), obs["covid"] == 1)
    np.testing.assert_array_equal(own["apacheii"], obs["apache_ii"])
    np.testing.assert_array_equal(own["sofa"], obs["sofa"])
    np.testing.assert_allclose(own["fibrinogen"] / 100, obs["fibrinogen"])


@pytest.mark.parametrize(
    ("name", "scale", "rows", "samples", "dead"),
    [
        ("GSE54514", "log2", 163, 122, 7),
        ("GSE57065", "log2", 107, 82, 0),
        ("GSE95233", "log2", 124, 102, 17),
        ("GSE8121", "linear", 75, 60, 0),
        ("GSE110487", "log2", 62, 62, 0),
    ],
)
def test_longitudinal_cohorts(shared_data, name, scale, rows, samples, dead):
    table, assays = read(SREP.format(name, scale), shared_data)
    made = assays["rna"][0]
    assert len(table) == rows
    assert made.shape == (samples, 74)
    assert made.obs.loc[made.obs["death_hospital"] == 1, "patient"].nunique() == dead
    raw = pd.read_csv(shared_data / f"srep_cohorts/{name}_expr_genes_x_samples.csv.gz", index_col=0)
    assert made["GSM" + made.obs_names[5][3:], "ANXA3"].X[0, 0] == raw.loc["ANXA3"].iloc[5]


def test_ratio_scale_declared_as_log2_is_refused(shared_data, refused):
    refused(lambda: read(SREP.format("GSE8121", "log2"), shared_data), "GSE8121", "log2",
            "look linear", "scale: linear")  # fmt: skip


def test_olink_cohort(shared_data):
    table, assays = read(MHH, shared_data)
    made, quality, notes, _ = assays["olink"]
    assert table["condition"].value_counts().to_dict() == {"postcovid": 186, "healthy": 61}
    raw = pd.read_csv(shared_data / "olink_covid/mhh.csv.gz", index_col=0)
    names = pd.read_csv(shared_data / "olink_covid/conv.csv.gz").set_index("OlinkID")["Assay"]
    assert made.shape == (247, names[raw.columns].nunique())
    assert made["Co_100", "ADA"].X[0, 0] == raw.loc["Co_100", names.index[names == "ADA"][0]]
    assert len(quality) == 247
    counts = notes.set_index("step")["count"]
    assert counts["features beside another of their gene"] == 304 - made.n_vars
    assert {"CXCL8", "CCL2", "TNFSF10", "PLAU"} <= set(made.var_names)
