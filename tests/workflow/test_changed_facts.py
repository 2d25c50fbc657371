"""What a finished study does again after a change of its settings: what follows, nothing else."""

import re

import pytest
import yaml

pytestmark = pytest.mark.slow

TARGETS = ("normalise", "quality", "--cores", "2", "--configfile", "study.yaml")
DROPPED = {"drop_samples": ["outlier"]}
FACTS = ("check_cohort", "clinical", "ingest_assay", "normalise_assay")


@pytest.fixture(scope="module")
def finished(run, write_cohort, tmp_path_factory):
    """A study of two cohorts, normalised, with its pages of quality."""
    folder = tmp_path_factory.mktemp("changed")
    for seed, name in enumerate("ab"):
        write_cohort(folder, name, ("rna",), seed=seed)
    study = {"study": "small", "cohorts": ["a", "b"], "analyses": {"main": {"assays": ["rna"]}}}
    (folder / "study.yaml").write_text(yaml.safe_dump(study))
    run(folder, *TARGETS)
    return folder


@pytest.fixture
def changed(finished):
    """Lays keys over a file of settings, and puts the file back afterwards."""
    kept = {}

    def change(file, keys):
        path = finished / file
        kept.setdefault(path, path.read_text())
        path.write_text(yaml.safe_dump(yaml.safe_load(kept[path]) | keys, sort_keys=False))

    yield change
    for path, text in kept.items():
        path.write_text(text)


@pytest.fixture
def planned(run, finished):
    """Jobs of a run that is not carried out: how many of each rule, and of which cohorts."""

    def jobs():
        done = run(finished, *TARGETS, "-n")
        told = done.stdout + done.stderr
        counts = {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", told, re.M)}
        return counts, set(re.findall(r"cohort=(\w+)", told))

    return jobs


def test_nothing_is_done_twice(planned):
    assert planned() == ({}, set())


def test_dropping_samples_starts_at_normalisation(planned, changed):
    changed("study.yaml", DROPPED)
    counts, cohorts = planned()
    assert counts["normalise_assay"] == 2
    assert cohorts == {"a", "b"}
    assert not {"check_cohort", "clinical", "ingest_assay", "quality_cohort"} & set(counts)


def test_a_cohorts_facts_reach_its_own_jobs_alone(planned, changed, finished):
    facts = yaml.safe_load((finished / "cohorts/a.yaml").read_text())
    changed("cohorts/a.yaml", {"clinical": facts["clinical"] | {"missing": ["NA", "unknown"]}})
    counts, cohorts = planned()
    assert [counts.get(rule) for rule in FACTS] == [1, 1, 1, 1]
    assert cohorts == {"a"}


def test_facts_and_dropped_samples_changed_together_reach_every_normalisation(
    planned, changed, finished
):
    """A job that reruns must not hide what else has changed behind it."""
    facts = yaml.safe_load((finished / "cohorts/a.yaml").read_text())
    changed("cohorts/a.yaml", {"clinical": facts["clinical"] | {"missing": ["NA", "unknown"]}})
    changed("study.yaml", DROPPED)
    counts, _ = planned()
    assert [counts.get(rule) for rule in FACTS] == [1, 1, 1, 2]


def test_samples_that_are_taken_back_restore_every_byte(run, planned, changed, finished):
    assay = finished / "results/assays/a/rna/normalised.h5ad"
    before = assay.read_bytes()
    changed("study.yaml", DROPPED)
    run(finished, *TARGETS)
    assert planned() == ({}, set())
    changed("study.yaml", {})
    run(finished, *TARGETS)
    assert assay.read_bytes() == before
