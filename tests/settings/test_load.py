import copy
from pathlib import Path

import pytest
import yaml

from immunosep_omics.errors import InputError
from immunosep_omics.settings.load import load_study

COHORT = {
    "folder": "../data",
    "clinical": {
        "file": "clinical.csv",
        "patient": "PatID",
        "columns": {
            "age": "Age",
            "ferritin": {"from": "Ferritin", "unit": "ng/mL"},
            "hla_dr": {"from": "HLADR", "unit": "receptors/cell"},
            "death_28d": {"from": "Outcome", "codes": {"died": 1, "alive": 0}},
        },
    },
    "assays": {"rna": {"kind": "rna_counts", "format": "matrix", "file": "counts.tsv"}},
}
STUDY = {
    "study": "small",
    "cohorts": ["athens"],
    "analyses": {
        "main": {
            "assays": ["rna"],
            "contrasts": {"mals": {"column": "rule_class", "level": "MALS", "adjust": ["age"]}},
            "outcome": {"event": "death_28d"},
        }
    },
}


@pytest.fixture
def files(tmp_path):
    """A valid study as dictionaries, and a function that writes and loads it."""
    (tmp_path / "cohorts").mkdir()
    (tmp_path / "data").mkdir()
    for name in ("clinical.csv", "counts.tsv"):
        (tmp_path / "data" / name).write_text("x\n")
    study, cohort = copy.deepcopy(STUDY), copy.deepcopy(COHORT)

    def load(overrides=None):
        path = tmp_path / "study.yaml"
        path.write_text(yaml.safe_dump(study, sort_keys=False))
        (tmp_path / "cohorts" / "athens.yaml").write_text(yaml.safe_dump(cohort, sort_keys=False))
        return load_study([path], overrides)

    return study, cohort, load


def _problems(load):
    with pytest.raises(InputError) as error:
        load()
    return error.value.problems


def test_a_valid_study_has_its_defaults(files):
    _, _, load = files
    loaded = load()
    analysis = loaded.study.analyses["main"]
    assert analysis.harmonise.method == "within_cohort_z"
    assert analysis.endotype.method == "consensus"
    assert loaded.cohorts_of(analysis) == loaded.discovery_of(analysis) == ["athens"]
    assert [step.word for step in loaded.study.recipes.of("rna_counts")] == [
        "filter_low", "tmm", "log_cpm",
    ]  # fmt: skip


def _two_projects(cohort, to):
    file = {"kind": "olink_npx", "format": "olink_long", "file": "counts.tsv"}
    cohort["assays"].update(olink_1=file, olink_2={**file, "bridge": {"to": to}})


def _misspell(mapping, old, new):
    mapping[new] = mapping.pop(old)


BREAKS = {
    "study key": (
        lambda s, c: _misspell(s, "cohorts", "cohort"), "(cohort)", "did you mean 'cohorts'",
    ),
    "analysis key": (
        lambda s, c: s["analyses"]["main"].update(harmonize="none"),
        "(analyses.main.harmonize)", "did you mean 'harmonise'",
    ),
    "method": (
        lambda s, c: s["analyses"]["main"].update(endotype={"method": "consensu"}),
        "(analyses.main.endotype", "did you mean 'consensus'",
    ),
    "step": (
        lambda s, c: s.update(recipes={"rna_counts": ["tmmm"]}),
        "(recipes.rna_counts)", "did you mean 'tmm'",
    ),
    "step of another kind": (
        lambda s, c: s.update(recipes={"olink_npx": ["vst"]}),
        "(recipes.olink_npx)", "'vst' is for counts, and olink_npx has none",
    ),
    "step after the counts are gone": (
        lambda s, c: s.update(recipes={"rna_counts": ["tmm", "log_cpm", "vst"]}),
        "(recipes.rna_counts)", "'vst' is for counts, and 'log_cpm' before it leaves none",
    ),
    "step of linear values after log2": (
        lambda s, c: s.update(recipes={"ms_proteins": ["log2", "vsn"]}),
        "(recipes.ms_proteins)", "'vsn' is for linear values, and 'log2' before it leaves none",
    ),
    "step of linear values for NPX": (
        lambda s, c: s.update(recipes={"olink_npx": ["vsn"]}),
        "(recipes.olink_npx)", "'vsn' is for linear values, and olink_npx has none",
    ),
    "step of linear values for a file of logarithms": (
        lambda s, c: (
            s.update(recipes={"expression": ["vsn"]}), c["assays"]["rna"].update(kind="expression"),
        ),
        "(assays.rna)", "these are on the scale 'log2'",
    ),
    "step of NPX after another": (
        lambda s, c: s.update(recipes={"olink_npx": ["quantile", "bridge"]}),
        "(recipes.olink_npx)", "'bridge' is for NPX, and 'quantile' before it leaves none",
    ),
    "bridge to nowhere": (
        lambda s, c: _two_projects(c, to="olnk_1"),
        "cohorts/athens.yaml", "valid: olink_1",
    ),
    "bridge to itself": (
        lambda s, c: _two_projects(c, to="olink_2"),
        "cohorts/athens.yaml", "valid: olink_1",
    ),
    "bridge of counts": (
        lambda s, c: c["assays"]["rna"].update(bridge={"to": "rna"}),
        "(assays.rna", "`bridge` is for olink_npx",
    ),
    "bridge that the recipe leaves out": (
        lambda s, c: (_two_projects(c, to="olink_1"), s.update(recipes={"olink_npx": []})),
        "(assays.olink_2.bridge", "put `bridge` first",
    ),
    "step option": (
        lambda s, c: s.update(recipes={"rna_counts": [{"filter_low": {"min_cont": 3}}]}),
        "(recipes.rna_counts", "min_count",
    ),
    "kind": (
        lambda s, c: c["assays"]["rna"].update(kind="rna_count"),
        "(assays.rna.kind)", "did you mean 'rna_counts'",
    ),
    "format": (
        lambda s, c: c["assays"]["rna"].update(format="matrx"),
        "(assays.rna", "did you mean 'matrix'",
    ),
    "scale": (
        lambda s, c: c["assays"]["rna"].update(scale="log2"),
        "(assays.rna", "counts",
    ),
    "column key": (
        lambda s, c: c["clinical"]["columns"]["ferritin"].update(units="ng/mL"),
        "(clinical.columns.ferritin.units)", "did you mean 'unit'",
    ),
    "missing file": (
        lambda s, c: c["assays"]["rna"].update(file="count.tsv"),
        "(assays.rna.file)", "did you mean 'counts.tsv'",
    ),
    "file outside": (
        lambda s, c: c["assays"]["rna"].update(file="../study.yaml"),
        "(assays.rna.file)", "folder",
    ),
    "cohort without file": (
        lambda s, c: s.update(cohorts=["athen"]), "(cohorts.0)", "did you mean 'athens'",
    ),
    "cohort twice": (
        lambda s, c: s.update(cohorts=["athens", "athens"]), "(cohorts)", "one of the two",
    ),
    "assay": (
        lambda s, c: s["analyses"]["main"].update(assays=["rnas"]),
        "(analyses.main.assays.0)", "did you mean 'rna'",
    ),
    "contrast column": (
        lambda s, c: s["analyses"]["main"]["contrasts"]["mals"].update(column="rule_clas"),
        "(analyses.main.contrasts.mals.column)", "did you mean 'rule_class'",
    ),
    "outcome": (
        lambda s, c: s["analyses"]["main"].update(outcome={"event": "death"}),
        "(analyses.main.outcome.event)", "did you mean 'death_28d'",
    ),
    "both parts": (
        lambda s, c: s["analyses"]["main"].update(discover_in=["athens"], apply_to=["athens"]),
        "(analyses.main)", "choose one",
    ),
    "compared with": (
        lambda s, c: s["analyses"]["main"].update(integrate={"compare": ["snff"]}),
        "(analyses.main.integrate.compare.0)", "did you mean 'snf'",
    ),
    "held out and seen": (
        lambda s, c: s["analyses"]["main"].update(held_out=["rna"]),
        "(analyses.main)", "choose one",
    ),
    "held out of nothing": (
        lambda s, c: s["analyses"]["main"].update(held_out=["proteom"]),
        "(analyses.main.held_out.0)", "is not an assay of any cohort",
    ),
    "nothing to discover in": (
        lambda s, c: s["analyses"]["main"].update(apply_to=["athens"]),
        "(analyses.main)", "discover_in",
    ),
    "type": (lambda s, c: s.update(seed="one"), "(seed)", "correct"),
    "number for a text": (
        lambda s, c: c["clinical"].update(missing=[-9]), "(clinical.missing.0)",
        "write it in quotes",
    ),
    "texts for one": (
        lambda s, c: c["clinical"].update(sample=["Pat", "Day"]), "(clinical.sample)",
        "write it in quotes",
    ),
    "variable": (lambda s, c: c.update(folder="${NOT_SET_ANYWHERE}/x"), "(folder)", "export"),
    "column of the pipeline": (
        lambda s, c: c["clinical"]["columns"].update(effective_library_size="Size"),
        "(clinical.columns)", "give yours another name",
    ),
    "date without origin": (
        lambda s, c: c["clinical"]["columns"].update(hours={"from": "D", "type": "date"}),
        "(clinical.columns.hours)", "state both",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_mistake_names_file_line_key_and_remedy(files, name):
    study, cohort, load = files
    change, key, remedy = BREAKS[name]
    change(study, cohort)
    found = _problems(load)
    hit = [p for p in found if key in p.where]
    assert hit, found
    assert any(remedy in str(p) for p in hit), hit
    assert all(".yaml:" in p.where for p in hit)


def test_mistakes_of_all_files_are_told_at_once(files):
    study, cohort, load = files
    study["sed"] = 3
    cohort["assays"]["rna"]["kind"] = "counts"
    cohort["clinical"]["pateint"] = "P"
    assert len(_problems(load)) == 3


def test_misspelt_keys_do_not_hide_what_other_files_contradict(files):
    study, _, load = files
    main = study["analyses"]["main"]
    main["assays"] = ["rna", "proteom"]
    main["contrasts"]["mals"]["adjst"] = ["age"]
    main["contrasts"]["sex"] = {"column": "sexx", "level": "male"}
    main["differential"] = {"counts": "negbin", "control_genes": ["ACTB"]}
    with pytest.raises(InputError) as caught:
        load()
    message = str(caught.value)
    for words in ("'adjst'", "'negbin'", "'proteom' is not an assay", "'sexx' is not a clinical"):
        assert words in message
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("stated", [5, {"method": "mfa", "factors": "x"}, None, ["a"]])
def test_what_is_taken_out_makes_no_new_problem(files, stated):
    study, _, load = files
    study["analyses"]["main"]["integrate"] = stated
    with pytest.raises(InputError) as caught:
        load()
    assert {problem.where.split("(")[1][:23] for problem in caught.value.problems} == {
        "analyses.main.integrate"
    }


def test_overrides_win_over_the_file(files):
    _, _, load = files
    assert load({"seed": 7}).study.seed == 7


def test_no_study_file_is_one_clear_line():
    with pytest.raises(InputError) as error:
        load_study([])
    assert "--configfile" in str(error.value)


def test_environment_variables_expand(files, monkeypatch):
    _, cohort, load = files
    monkeypatch.setenv("STUDY_DATA", "../data")
    cohort["folder"] = "${STUDY_DATA}"
    assert load().folders["athens"].resolve().name == "data"


def test_leiden_is_refused_where_its_libraries_are_not_installed(files, monkeypatch):
    monkeypatch.setattr("immunosep_omics.settings.load.leiden_installed", lambda: False)
    study, _, load = files
    study["analyses"]["main"]["endotype"] = {"method": "consensus", "clusterer": "leiden"}
    with pytest.raises(InputError) as caught:
        load()
    assert "(analyses.main.endotype.clusterer)" in str(caught.value)
    assert "leiden" in str(caught.value)


def test_the_schema_for_editors_is_fresh():
    from immunosep_omics.settings.schema import schema

    path = Path(__file__).parents[2] / "config" / "config.schema.json"
    assert path.read_text(encoding="utf-8") == schema(), (
        "stale: run python -m immunosep_omics.settings.schema"
    )


def _harmonising(files, harmonise, **analysis):
    """The valid study with another harmonisation."""
    study, cohort, load = files
    study["analyses"]["main"] |= {"harmonise": harmonise, **analysis}
    return study, cohort, load


@pytest.mark.parametrize("word", ["none", "within_cohort_z", "combat", "quantile"])
def test_harmonise_is_a_word_or_a_mapping(files, word):
    by_word = _harmonising(files, word)[2]().study.analyses["main"].harmonise
    mapped = _harmonising(files, {"method": word})[2]().study.analyses["main"].harmonise
    assert by_word == mapped
    assert by_word.method == word


def test_harmonise_has_options(files):
    stated = {"method": "combat", "prior": "non_parametric", "mean_only": True,
              "reference": "athens", "protect": ["age"]}  # fmt: skip
    loaded = _harmonising(files, stated)[2]()
    assert loaded.study.analyses["main"].harmonise.model_dump() == stated


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("combatt", "did you mean 'combat'"),
        ({"method": "combatt"}, "did you mean 'combat'"),
        ({"method": "combat", "priors": "parametric"}, "did you mean 'prior'"),
        ({"method": "combat", "prior": "flat"}, "'flat' is not valid here"),
        ({"method": "combat", "protect": ["ages"]}, "athens has no column 'ages'"),
        ({"method": "combat", "reference": "sparta"}, "'sparta' is not among the cohorts"),
        ("control_anchored", "the key 'controls' is missing"),
        ({"method": "control_anchored", "controls": {"column": "group", "level": "healthy"}},
         "athens has no column 'group'"),
        (["combat"], "a word or a mapping is wanted here"),
    ],
)  # fmt: skip
def test_harmonise_stated_wrongly(files, stated, words):
    problems = _problems(_harmonising(files, stated)[2])
    assert len(problems) == 1
    assert "harmonise" in problems[0].where
    assert words in str(problems[0])


@pytest.mark.parametrize("column", ["death_28d", "died", "death_too"])
def test_the_outcome_is_never_protected_nor_what_says_the_same(files, column):
    _, cohort, load = _harmonising(files, {"method": "combat", "protect": ["age", column]})
    cohort["clinical"]["columns"] |= {
        "died": {"from": "Outcome", "codes": {"died": 1, "alive": 0}},
        "death_too": {"from": "Outcome"},
    }
    problems = _problems(load)
    assert len(problems) == 1
    assert "never takes the outcome as a protected covariate" in problems[0].problem
    assert "(analyses.main.harmonise.protect.1)" in problems[0].where


def test_what_is_computed_from_the_same_facts_as_the_outcome_is_not_protected(files):
    protecting = {"method": "combat", "protect": ["death_90d"]}
    _, cohort, load = _harmonising(files, protecting)
    del cohort["clinical"]["columns"]["death_28d"]
    cohort["clinical"]["columns"] |= {
        "death": {"from": "Died", "type": "date", "since": "Admitted"},
        "follow_up": {"from": "Last", "type": "date", "since": "Admitted"},
    }
    assert "tells the outcome 'death_28d'" in str(_problems(load)[0])


def test_given_endotypes_are_not_protected(files):
    given = {"method": "given", "column": "rule_class"}
    load = _harmonising(files, {"method": "combat", "protect": ["rule_class"]}, endotype=given)[2]
    assert "'rule_class' holds the endotypes" in str(_problems(load)[0])


def test_a_method_is_not_compared_with_itself(files):
    study, _, load = files
    study["analyses"]["main"]["integrate"] = {"method": "snf", "compare": ["nemo", "snf"]}
    with pytest.raises(InputError, match="'snf' is what the others are compared with"):
        load()


def test_a_variant_asks_nothing_and_reruns_only_for_its_own_settings(files):
    from immunosep_omics.rule import STAGES
    from immunosep_omics.settings.plan import make_plan

    study, _, load = files
    main = study["analyses"]["main"]
    main |= {"integrate": {"compare": ["snf", "single"]}, "robustness": ["cohorts", "omics"]}
    tokens = dict.fromkeys(STAGES, "")

    def jobs():
        return make_plan(load(), tokens, [])["analysis"]["main"]

    before = jobs()
    # One cohort and one omic: none can be left out.
    assert list(before["variants"]) == ["snf", "single_rna"]
    assert before["variants"]["snf"]["integrate"]["asked"] == {
        "contrasts": {}, "event": None, "labels": None,
    }  # fmt: skip
    assert before["integrate"]["integrate"] == {"method": "mfa", "factors": 20}
    main["contrasts"] = {}
    main["integrate"]["compare"] = ["nemo", "snf"]
    after = jobs()
    assert after["variants"]["snf"] == before["variants"]["snf"]
    assert after["endotype"] == before["endotype"]
    assert list(after["compared"]["integrators"]["given"]["variants"]) == ["nemo", "snf"]


def test_a_library_that_is_not_installed_is_told_before_the_run(files, monkeypatch):
    monkeypatch.setattr("immunosep_omics.settings.analysis.find_spec", lambda name: None)
    study, _, load = files
    study["analyses"]["main"]["integrate"] = {"compare": ["mofa"]}
    with pytest.raises(
        InputError, match=r"mofapy2, which is not installed .*-> 'pip install mofapy2'"
    ):
        load()
