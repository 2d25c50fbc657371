"""What was tested is ranked apart from what is descriptive."""

import numpy as np
import pandas as pd

from immunosep_omics.biomarkers import COLUMNS, rank_biomarkers


def _table(claim, p):
    genes = [f"G{number}" for number in range(len(p))]
    rows = pd.DataFrame({"gene": genes, "p": p, "effect": 1.0, "contrast": "E1", "claim": claim})
    rows = rows.assign(cohort="meta", role="exploratory", family="E1")
    return rows.reindex(columns=[*COLUMNS, "cohort"])


def test_descriptive_assays_stand_behind_those_that_were_tested():
    found = rank_biomarkers(
        {"rna": _table("descriptive", [1e-9, 1e-8]), "proteome": _table("tested", [0.2, 0.1])}
    )
    assert found["assay"].tolist() == ["proteome", "proteome", "rna", "rna"]
    assert found["gene"].tolist() == ["G1", "G0", "G0", "G1"]
    assert found["rank"].tolist() == [1, 2, 1, 2]


def test_assays_of_one_claim_are_ranked_together():
    found = rank_biomarkers(
        {"rna": _table("tested", [0.3, np.nan]), "proteome": _table("tested", [0.2, 0.4])}
    )
    assert found["assay"].tolist() == ["proteome", "rna", "proteome"]
    assert found["rank"].tolist() == [1, 2, 3]
