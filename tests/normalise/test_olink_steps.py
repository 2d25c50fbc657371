"""Bridging of projects and intensities of plates, as steps of a recipe."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from immunosep_omics.assay import make_assay, values_of
from immunosep_omics.errors import InputError
from immunosep_omics.ingest import READERS, ingest_assay, read_clinical
from immunosep_omics.normalise import Bridge, normalise
from immunosep_omics.settings.cohort import Cohort

SHARED = Path(__file__).parents[3] / "shared" / "data" / "olink_covid"
BRIDGE = [{"bridge": {"paired": True}}]
INTENSITY = [{"intensity": {"by": "plate"}}]


def _olink(values, **columns):
    obs = pd.DataFrame({"patient": values.index, "cohort": "a", **columns}, index=values.index)
    var = pd.DataFrame({"feature": values.columns}, index=values.columns)
    return make_assay(values, obs, var, cohort="a", assay="olink", kind="olink_npx", scale="npx")


@pytest.fixture
def values():
    rng = np.random.default_rng(1)
    table = rng.normal(size=(24, 5)) + np.arange(5)
    table[3, 2] = np.nan
    return pd.DataFrame(table, [f"s{n}" for n in range(24)], [f"P{n}" for n in range(5)])


def test_a_planted_shift_between_projects_is_removed(values):
    shift = np.array([1.0, -2, 0.5, 0, 3])
    reference = (values.iloc[:6] + shift).rename(index={"s5": "other"})
    made, steps = normalise(_olink(values), BRIDGE, bridge=Bridge(reference))
    np.testing.assert_allclose(made.X, values + shift)
    assert steps["reason"].tolist() == ["applied"]


def test_proteins_that_no_sample_bridges_are_dropped(values):
    reference = values.iloc[:6].drop(columns="P4") + 1
    reference["P0"] = np.nan
    made, steps = normalise(_olink(values), BRIDGE, bridge=Bridge(reference))
    assert made.var_names.tolist() == ["P1", "P2", "P3"]
    assert steps["reason"].tolist() == ["dropped 2 of 5 features"]


def test_only_the_samples_that_are_named_bridge_by_differences_or_medians(values):
    reference = values.iloc[:6] + 1
    reference.iloc[3:] += 50
    made, _ = normalise(_olink(values), BRIDGE, bridge=Bridge(reference, ["s0", "s1", "s2"]))
    np.testing.assert_allclose(made.X, values + 1)
    recipe = [{"bridge": {"paired": False}}]
    made, _ = normalise(_olink(values), recipe, bridge=Bridge(reference, list(reference.index)))
    P1 = values["P1"] + reference["P1"].median() - values["P1"].iloc[:6].median()
    np.testing.assert_allclose(values_of(made)["P1"], P1)


def test_without_bridging_samples_the_step_is_skipped_and_says_so(values):
    made, steps = normalise(_olink(values), BRIDGE)
    np.testing.assert_array_equal(made.X, values)
    assert steps["reason"].tolist() == ["skipped: the assay's facts state no `bridge`"]


def test_bridges_that_do_not_hold_are_refused(values):
    with pytest.raises(InputError, match=r"2 samples were measured in both .* 3 are needed"):
        normalise(_olink(values), BRIDGE, bridge=Bridge(values.iloc[:2]))
    with pytest.raises(InputError, match="1 of the 4 bridging samples are not in both"):
        given = Bridge(values, ["s0", "s1", "s2", "no"])
        normalise(_olink(values), BRIDGE, bridge=given)
    with pytest.raises(InputError, match="1 of the 4 bridging samples") as told:
        given, out = Bridge(values, ["s0", "s1", "s2", "s3"]), {"s3": "outlier: far"}
        normalise(_olink(values), BRIDGE, (), out, bridge=given)
    assert "s3" not in str(told.value)


def test_plates_get_one_median(values):
    plates = pd.Series(np.repeat(["p1", "p2", "p3"], 8), values.index)
    shifted = values + plates.map({"p1": 0, "p2": 1, "p3": -4}).to_numpy()[:, None]
    made, _ = normalise(_olink(shifted), INTENSITY, plates=plates)
    medians = values_of(made).groupby(plates).median()
    np.testing.assert_allclose(medians, np.tile(shifted.median(), (3, 1)))
    assert made.obs.columns.tolist() == ["patient", "cohort"]
    of_clinic, _ = normalise(
        _olink(shifted, batch=plates), [{"intensity": {"by": "batch"}}], plates=None
    )
    np.testing.assert_array_equal(of_clinic.X, made.X)


def test_plates_that_cannot_be_compared_are_refused(values):
    with pytest.raises(InputError, match=r"24 of 24 samples have no 'plate'"):
        normalise(_olink(values), INTENSITY)
    plates = pd.Series(np.repeat(["p1", "p2"], [20, 4]), values.index)
    with pytest.raises(InputError, match="1 of 2 plates have fewer than 8 samples"):
        normalise(_olink(values), INTENSITY, plates=plates)
    plates.iloc[3] = np.nan
    with pytest.raises(InputError, match=r"1 of 24 samples have no 'plate'"):
        normalise(_olink(values), INTENSITY, plates=plates)


def _names(book, sheet):
    """Labels of a sheet's rows of samples."""
    labels = [row[0] for row in book[sheet].iter_rows(values_only=True, max_col=1)]
    return [str(label).strip() for label in labels if str(label).startswith(("RUMC", "TK", "Co"))]


@pytest.mark.parametrize(("plate", "bridges", "samples"), [(1, 7, 86), (2, 11, 84)])
def test_the_authors_bridged_values_come_out_of_their_workbooks(tmp_path, plate, bridges, samples):
    """Radboud brought to Hannover, from the workbook through ingest and the recipe."""
    file = f"Radboud_integration_INF_pl{plate}.xlsx"
    if not (SHARED / file).exists():
        pytest.skip("the Radboud workbooks are not there")
    (tmp_path / file).symlink_to(SHARED / file)
    book = load_workbook(SHARED / file, data_only=True, read_only=True)
    ours, theirs = (_names(book, f"{of} original") for of in ("Radboud", "MHH"))
    listed = [row[0] for row in book["Bridging samples"].iter_rows(values_only=True, max_row=14)]
    bridging = [str(name).replace(" ", "") for name in listed if str(name).startswith("RUMC_")]
    assert len(bridging) == bridges
    names = pd.DataFrame({"file": sorted({*ours, *theirs})})
    names["sample"] = names["file"].str.replace(" ", "")
    names.to_csv(tmp_path / "names.csv", index=False)
    names[["sample"]].drop_duplicates().to_csv(tmp_path / "clinical.csv", index=False)
    olink = {
        "kind": "olink_npx", "format": "olink_wide", "file": file,
        "samples": {"file": "names.csv", "from": "file", "to": "sample"},
    }  # fmt: skip
    settings = Cohort.model_validate(
        {
            "folder": ".",
            "clinical": {"file": "clinical.csv", "patient": "sample"},
            "assays": {
                "hannover": {**olink, "sheet": "MHH original"},
                "olink": {**olink, "sheet": "Radboud original",
                          "bridge": {"to": "hannover", "samples": bridging}},
            },
        }
    )  # fmt: skip
    clinical = read_clinical("radboud", settings.clinical, tmp_path)
    (reference, *_), (raw, _, _, mapping) = (
        ingest_assay("radboud", name, facts, tmp_path, clinical)
        for name, facts in settings.assays.items()
    )
    given = Bridge(values_of(reference), settings.assays["olink"].bridge.samples)
    made, _ = normalise(raw, [{"bridge": {"paired": False}}], bridge=given)
    proteins, *rows = book["Radboud final"].iter_rows(values_only=True)
    final = pd.DataFrame(rows, columns=[str(name).strip() for name in proteins]).set_index("Assay")
    final.index = final.index.str.replace(" ", "")
    assert final.shape == (samples, 62)
    named = READERS["olink_wide"](settings.assays["olink"], tmp_path).features["gene"]
    gene = mapping.set_index(named[mapping["feature"]].str.strip())["gene"]
    actual = values_of(made).loc[final.index, gene[final.columns]]
    np.testing.assert_allclose(actual, final.astype(float), atol=5e-6)
