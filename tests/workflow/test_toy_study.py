"""The built-in study from raw files to the report, once, and what reruns after a change."""

import hashlib
import re
import shutil

import pandas as pd
import pytest

from immunosep_omics.figures.names import FIGURE_NAMES
from immunosep_omics.stats.agreement import adjusted_rand
from immunosep_omics.tables import read_table

pytestmark = pytest.mark.slow

CONTRACT = [
    "status.tsv", "report/index.html", "provenance/settings.yaml", "provenance/inputs.tsv",
    "provenance/packages.tsv", "provenance/methods.md",
    *(f"analyses/main/{name}" for name in (
        "endotypes.tsv", "stability.tsv", "differential/rna.tsv", "differential/proteome.tsv",
        "differential/olink.tsv", "biomarkers.tsv", "panels.tsv", "integrated.h5mu")),
    *(f"analyses/main/figures/{figure}.{ending}"
      for figure in FIGURE_NAMES for ending in ("pdf", "png", "tsv")),
]  # fmt: skip


@pytest.fixture(scope="module")
def toy(run, copied_repository, tmp_path_factory):
    """A finished run of the built-in study, by the copied code."""
    folder = tmp_path_factory.mktemp("toy")
    run(folder, "--cores", "2", "--configfile", str(copied_repository / "config/config.yaml"),
        repository=copied_repository)  # fmt: skip
    return folder


@pytest.fixture
def dry_run(run, toy, copied_repository):
    """Rules that a run would execute, and how often each."""

    def jobs(*arguments):
        done = run(
            toy, "-n", "--cores", "2", *arguments, "--configfile",
            str(copied_repository / "config/config.yaml"), repository=copied_repository,
        )  # fmt: skip
        return {
            name: int(count)
            for name, count in re.findall(r"^(\w+) +(\d+)$", done.stdout + done.stderr, re.M)
            if name not in ("total", "all")
        }

    return jobs


@pytest.fixture
def edit(copied_repository):
    """Change text in a module of the copied package, and put it back afterwards."""
    kept = {}

    def change(module, old, new):
        path = copied_repository / "src/immunosep_omics" / module
        kept.setdefault(path, path.read_text())
        assert old in kept[path]
        path.write_text(kept[path].replace(old, new))

    yield change
    for path, text in kept.items():
        path.write_text(text)


def test_every_contracted_file_is_there(toy):
    assert [name for name in CONTRACT if not (toy / "results" / name).is_file()] == []


def test_the_planted_endotypes_come_back(toy):
    found = read_table(toy / "results/analyses/main/endotypes.tsv")
    patients = pd.read_csv(toy / "results/simulated/truth/patients.tsv", sep="\t")
    oracle = pd.read_csv(toy / "results/simulated/truth/oracle.tsv", sep="\t")
    keys = ["cohort", "patient"]
    both = found.merge(patients, on=keys, suffixes=("", "_true")).merge(
        oracle, on=keys, suffixes=("", "_oracle")
    )
    ours = adjusted_rand(both["endotype_true"], both["endotype"])
    best = adjusted_rand(both["endotype_true"], both["endotype_oracle"])
    assert ours >= 0.95 * best


def test_the_planted_genes_come_back(toy):
    """At least 70 % of the 20 strongest measured genes among the first 50 of an endotype."""
    truth = pd.read_csv(toy / "results/simulated/truth/genes.tsv", sep="\t")
    found = read_table(toy / "results/analyses/main/biomarkers.tsv")
    found = found[(found["assay"] == "rna") & found["contrast"].str.endswith("_versus_rest")]
    best = found.groupby("contrast")["rank"].rank().groupby(found["gene"]).min()
    measured = truth[(truth["assay"] == "rna") & truth["gene"].isin(best.index)]
    strongest = measured.nlargest(20, "strength")["gene"]
    assert (best[strongest] <= 50).mean() >= 0.7


def test_endotypes_found_in_the_same_data_make_no_claim(toy):
    table = read_table(toy / "results/analyses/main/differential/rna.tsv")
    own = table["contrast"].str.endswith("_versus_rest")
    assert set(table.loc[own, "claim"]) == {"descriptive"}
    assert table.loc[own, "fdr"].isna().all()
    assert set(table.loc[~own, "claim"]) == {"tested"}


def test_nothing_is_left_to_do(dry_run):
    assert dry_run() == {}


@pytest.mark.parametrize(
    ("module", "old", "new", "rerun", "spared"),
    [
        ("differential/problem.py", "small = 1 - 3", "small = 1 - 2",
         {"differential_assay", "biomarkers_analysis", "figures_analysis", "report"},
         {"endotype_analysis", "integrate_analysis", "panels", "ingest_assay"}),
        ("stats/quantile.py", "measured > 1", "measured > 2",
         {"normalise_assay", "integrate_analysis", "endotype_analysis"},
         {"ingest_assay", "clinical", "simulate"}),
        ("figures/volcano.py", "@styled", "UNUSED = 1\n\n\n@styled",
         {"figures_analysis", "report"},
         {"differential_assay", "endotype_analysis", "panels", "biomarkers_analysis"}),
        ("report/cells.py", "def grid(", "UNUSED = 1\n\n\ndef grid(",
         {"report"}, {"figures_analysis", "differential_assay"}),
    ],
    ids=["differential", "quantile", "figure", "report"],
)  # fmt: skip
def test_an_edit_reruns_its_stage_and_what_follows(dry_run, edit, module, old, new, rerun, spared):
    edit(module, old, new)
    jobs = dry_run()
    assert rerun <= set(jobs)
    assert not spared & set(jobs)


def test_words_rerun_nothing(dry_run, edit):
    edit("stats/quantile.py", '"""Mean distribution', '"""The mean distribution')
    assert dry_run() == {}


def test_a_results_folder_of_another_study_is_refused(run, toy, copied_repository):
    done = run(
        toy, "-n", "--config", "study=another", "--configfile",
        str(copied_repository / "config/config.yaml"), repository=copied_repository, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "holds the results of the study 'toy'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_from_scratch_gives_the_same_bytes(run, toy, copied_repository, tmp_path):
    run(tmp_path, "--cores", "2", "--configfile", str(copied_repository / "config/config.yaml"),
        repository=copied_repository)  # fmt: skip
    first, second = (_digests(folder / "results") for folder in (toy, tmp_path))
    assert first == second
    shutil.rmtree(tmp_path / "results")


def _digests(results):
    return {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and "logs" not in path.relative_to(results).parts
    }
