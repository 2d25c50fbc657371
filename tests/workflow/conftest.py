"""Small studies on disk, and runs of the workflow over them."""

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
SNAKEMAKE = Path(sys.executable).with_name("snakemake")


def _write_cohort(folder, name, omics, clinical=True, patients=30, seed=0, separation=0.0):
    """One cohort of counts and, if asked for, proteins; its facts as a dictionary."""
    generator = np.random.default_rng(seed)
    data = folder / "data" / name
    data.mkdir(parents=True)
    (folder / "cohorts").mkdir(exist_ok=True)
    names = [f"{name}{number:03d}" for number in range(patients)]
    group = generator.random(patients) < 0.5
    table = pd.DataFrame({"id": names})
    columns = {}
    if clinical:
        table["age"] = generator.integers(30, 90, patients)
        table["sex"] = np.where(generator.random(patients) < 0.5, "F", "M")
        table["dead"] = (generator.random(patients) < np.where(group, 0.6, 0.25)).astype(int)
        columns = {
            "age": {"from": "age", "unit": "years"},
            "sex": {"from": "sex", "codes": {"F": "female", "M": "male"}},
            "death_28d": {"from": "dead", "codes": {"1": 1, "0": 0}},
        }
    table.to_csv(data / "clinical.csv", index=False)
    level = generator.gamma(2, 60, 120)[:, None] * np.exp(
        separation * group * (generator.random((120, 1)) < 0.3)
    )
    counts = pd.DataFrame(
        generator.negative_binomial(5, 5 / (5 + level * np.ones((120, patients)))), columns=names
    )
    counts.insert(0, "gene", [f"G{number}" for number in range(120)])
    with gzip.open(data / "counts.tsv.gz", "wt") as file:
        counts.to_csv(file, sep="\t", index=False)
    assays = {"rna": {"kind": "rna_counts", "format": "matrix", "file": "counts.tsv.gz"}}
    if "proteome" in omics:
        values = generator.normal(25, 1, (40, patients)) + separation * group
        values[generator.random(values.shape) < 0.1] = np.nan
        proteins = pd.DataFrame(values, columns=names)
        proteins.insert(0, "protein", [f"P{number}" for number in range(40)])
        proteins.to_csv(data / "proteins.tsv", sep="\t", index=False, na_rep="NA")
        assays["proteome"] = {
            "kind": "ms_proteins", "format": "matrix", "file": "proteins.tsv", "scale": "log2",
        }  # fmt: skip
    facts = {
        "folder": f"../data/{name}",
        "clinical": {"file": "clinical.csv", "patient": "id", "columns": columns},
        "assays": assays,
    }
    (folder / "cohorts" / f"{name}.yaml").write_text(yaml.safe_dump(facts, sort_keys=False))
    return facts


def _run(folder, *arguments, repository=REPOSITORY, check=True):
    """Run snakemake in a folder; its completed process, with both streams as text."""
    done = subprocess.run(
        [str(SNAKEMAKE), "-s", str(repository / "Snakefile"), *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(repository / "src")},
    )  # fmt: skip
    if check:
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


@pytest.fixture(scope="session")
def run():
    """Runs snakemake in a folder."""
    return _run


@pytest.fixture(scope="session")
def write_cohort():
    """Writes one cohort's files and facts."""
    return _write_cohort


@pytest.fixture
def small_study(tmp_path):
    """A folder with one valid cohort and study file `study.yaml`."""
    _write_cohort(tmp_path, "a", ("rna",))
    study = {"study": "small", "cohorts": ["a"], "analyses": {"main": {"assays": ["rna"]}}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study))
    return tmp_path


@pytest.fixture(scope="session")
def copied_repository(tmp_path_factory):
    """A copy of the repository whose code a test may edit."""
    target = tmp_path_factory.mktemp("copy") / "repository"
    target.mkdir()
    for name in ("Snakefile", "workflow", "src", "config", "resources"):
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, target / name, symlinks=True)
        else:
            shutil.copy(source, target / name)
    return target
