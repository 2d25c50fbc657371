from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.report.planted import adjusted_rand, planted_and_found, read_truth
from immunosep_omics.report.results import Results


@pytest.mark.parametrize("groups", [1, 2, 5])
def test_adjusted_rand_agrees_with_scikit_learn(groups: int):
    from sklearn.metrics import adjusted_rand_score

    random = np.random.default_rng(groups)
    one, other = (pd.Series(random.integers(0, groups, 40)).astype(str) for _ in range(2))
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)


def test_what_was_planted_exactly_is_found_exactly(study: Path):
    truth = read_truth(study)
    assert truth is not None
    table = planted_and_found(truth, Results(study).analysis("main")).set_index("question")
    assert table.at["number of endotypes", "found"] == "3"
    assert table.at["agreement of endotypes (adjusted Rand index)", "found"] == "1.00"
    assert table.at["myeloid axis (Spearman, mean over cohorts)", "found"] == "1.00"
    assert table.at["lymphoid axis (Spearman, mean over cohorts)", "found"] == "-1.00"
    assert table.at["lymphoid axis (Spearman, mean over cohorts)", "best possible"] == "1.00"


def test_no_truth_for_real_data(plain: Path):
    assert read_truth(plain) is None


def test_a_world_without_endotypes_has_empty_cells(study: Path, tmp_path: Path):
    folder = tmp_path / "simulated" / "truth"
    folder.mkdir(parents=True)
    header = "cohort\tpatient\tsample\tendotype\taxis_myeloid\taxis_lymphoid\n"
    (folder / "patients.tsv").write_text(header + "athens\tP000\tP000_d1\t\t\t\n")
    truth = read_truth(tmp_path)
    assert truth is not None
    table = planted_and_found(truth, Results(study).analysis("main"))
    assert table.to_dict("records") == [
        {"question": "number of endotypes", "planted": "none", "found": "3", "best possible": ""}
    ]
