"""What holds for every study of real data, whatever its answers."""

import pytest

from immunosep_omics.settings import load_study

STUDIES = {
    "blood": {
        "cohort": ["gse54514", "gse57065", "gse95233", "gse8121", "gse110487"],
        "a": ["main"], "assay": ["rna"],
    },
    "covid": {
        "cohort": ["overmyer"], "a": ["main"], "assay": ["proteins", "metabolites", "rna"],
    },
    "olink": {
        "cohort": ["mhh"], "a": ["exported", "processed"], "assay": ["inflammation", "olink"],
    },
}  # fmt: skip
ASSAY_OF = {"exported": ["inflammation"], "processed": ["olink"]}
SUSPICIOUS = 0.9


@pytest.mark.parametrize("name", STUDIES)
def test_the_settings_are_valid(real_data, study_file, name):
    loaded = load_study([study_file(name)])
    assert sorted(loaded.cohorts) == sorted(STUDIES[name]["cohort"])


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_every_promised_table_is_there(run, contract, name):
    results = run(name)
    checked = 0
    for file, columns in contract(STUDIES[name]):
        analysis, _, rest = file.removeprefix("analyses/").partition("/differential/")
        if rest and rest.removesuffix(".tsv") not in ASSAY_OF.get(analysis, STUDIES[name]["assay"]):
            continue
        table = results.table(file)
        assert set(columns) <= set(table.columns), file
        checked += 1
    assert checked >= 20
    report = (results.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "Research use only" in report
    assert "Traceback" not in report


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_a_second_run_has_nothing_to_do(run, name):
    again = run(name).rerun()
    assert again.returncode == 0
    assert "Nothing to be done" in again.stdout + again.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_every_sample_has_an_endotype_and_a_patient_counts_once(run, name):
    for analysis in STUDIES[name]["a"]:
        table = run(name).table(f"analyses/{analysis}/endotypes.tsv")
        assert not table.duplicated(["cohort", "patient"]).any()
        assert table["endotype"].str.fullmatch(r"E\d+").all()


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_auroc_above_nine_tenths_are_warned_of_and_no_others(run, name):
    for analysis in STUDIES[name]["a"]:
        panels = run(name).table(f"analyses/{analysis}/panels.tsv")
        aurocs = panels[panels["statistic"].eq("auroc")]
        assert len(aurocs) > 0
        warned = aurocs["warning"].str.contains("leakage")
        assert warned.tolist() == aurocs["estimate"].gt(SUSPICIOUS).tolist()
        # Fewer than three cohorts say nothing about the spread over cohorts.
        assert aurocs[["prediction_low", "prediction_high"]].isna().all(axis=None)


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_what_does_not_apply_has_a_reason(run, name):
    status = run(name).table("status.tsv")
    assert status["answered"].isin(["yes", "partly", "no"]).all()
    assert status.loc[status["answered"].ne("yes"), "reason"].str.len().gt(10).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_the_inputs_are_named_without_where_they_lie(run, real_data, name):
    results = run(name)
    inputs = results.table("provenance/inputs.tsv")
    assert inputs["sha256"].str.fullmatch("[0-9a-f]{64}").all()
    for file in ("provenance/inputs.tsv", "provenance/settings.yaml", "report/index.html"):
        assert str(real_data.parent) not in (results.folder / file).read_text(encoding="utf-8")
