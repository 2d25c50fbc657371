"""NPX of two projects and their plates, through the workflow."""

import numpy as np
import pandas as pd
import pytest
import yaml
from anndata import read_h5ad

pytestmark = pytest.mark.slow

PROTEINS = ["IL6", "TNF", "CXCL8", "IL10", "CXCL10", "CCL2"]


def _long(values):
    """Olink's long table; the first half of the samples is on one plate."""
    plates = np.where(np.arange(len(values)) < len(values) // 2, "P1", "P2")
    rows = [
        {"SampleID": sample, "OlinkID": f"OID{n:05d}", "Assay": name, "UniProt": "", "Panel": "I",
         "PlateID": plate, "QC_Warning": "Pass", "LOD": -9.0, "NPX": values.at[sample, name]}
        for sample, plate in zip(values.index, plates, strict=True)
        for n, name in enumerate(PROTEINS)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_bridged_and_brought_to_one_intensity(run, tmp_path):
    rng = np.random.default_rng(3)
    names = [f"s{n:02d}" for n in range(40)]
    truth = pd.DataFrame(rng.normal(size=(40, 6)) + np.arange(6), names, PROTEINS)
    shift = np.array([1, -1, 2, 0.5, -3, 0.25])
    (tmp_path / "cohorts").mkdir()
    pd.DataFrame({"id": names}).to_csv(tmp_path / "clinical.csv", index=False)
    _long(truth.iloc[:24]).to_csv(tmp_path / "one.csv", index=False)
    _long(truth.iloc[20:] + shift).to_csv(tmp_path / "two.csv", index=False)
    olink = {"kind": "olink_npx", "format": "olink_long"}
    facts = {
        "folder": "..",
        "clinical": {"file": "clinical.csv", "patient": "id"},
        "assays": {
            "first": {**olink, "file": "one.csv"},
            "second": {**olink, "file": "two.csv", "bridge": {"to": "first"}},
        },
    }
    (tmp_path / "cohorts/a.yaml").write_text(yaml.safe_dump(facts))
    study = {"study": "two", "cohorts": ["a"], "analyses": {"main": {"assays": ["second"]}}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study))
    run(tmp_path, "normalise", "--cores", "2", "--configfile", "study.yaml")
    folder = tmp_path / "results/assays/a"
    bridged = read_h5ad(folder / "second/normalised.h5ad").to_df()
    np.testing.assert_allclose(bridged[PROTEINS], truth.iloc[20:], atol=1e-6)
    steps = pd.read_csv(folder / "first/normalisation.tsv", sep="\t")
    assert steps["reason"].tolist() == ["skipped: the assay's facts state no `bridge`"]

    del facts["assays"]["second"]["bridge"]
    (tmp_path / "cohorts/a.yaml").write_text(yaml.safe_dump(facts))
    (tmp_path / "study.yaml").write_text(
        yaml.safe_dump(study | {"recipes": {"olink_npx": ["intensity"]}})
    )
    run(tmp_path, "normalise", "--cores", "2", "--configfile", "study.yaml")
    even = read_h5ad(folder / "second/normalised.h5ad").to_df()
    first, second = even.iloc[:10].median(), even.iloc[10:].median()
    np.testing.assert_allclose(first, second, atol=1e-6)
