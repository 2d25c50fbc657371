"""Runs of the studies in this folder over the real data that lie beside the project."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
DATA = PROJECT.parent / "shared" / "data"
ROW = re.compile(r"\| `(?P<file>[^`]+\.tsv)` \| .* \| (?P<columns>.*) \|$")


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not DATA.is_dir():
        pytest.skip(f"real data are not here: {DATA}")
    return DATA


@pytest.fixture(scope="session")
def study_file() -> Callable[[str], Path]:
    return lambda name: HERE / f"{name}.yaml"


@pytest.fixture(scope="session")
def cohort_file() -> Callable[[str], Path]:
    return lambda name: HERE / "cohorts" / f"{name}.yaml"


def snakemake(name: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "snakemake", "-s", str(PROJECT / "Snakefile"), "--cores", "2",
        "--configfile", str(HERE / f"{name}.yaml"), "--directory", str(folder), *more,
    ]  # fmt: skip
    return subprocess.run(command, cwd=PROJECT, text=True, capture_output=True, check=False)


class Results:
    """The results folder of one run."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder / f"results_{name}"
        self.rerun = lambda: snakemake(name, folder, "--dry-run")

    def table(self, file: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / file, sep="\t", keep_default_na=False, na_values=["NA"])

    def effects(self, analysis: str, assay: str, contrast: str, cohort: str) -> pd.DataFrame:
        """One contrast's rows of a differential table, by gene."""
        table = self.table(f"analyses/{analysis}/differential/{assay}.tsv")
        return table[table["contrast"].eq(contrast) & table["cohort"].eq(cohort)].set_index("gene")

    def reason(self, analysis: str, question: str) -> tuple[str, str]:
        """How a question was answered, and the reason that `status.tsv` gives."""
        table = self.table("status.tsv").set_index(["analysis", "question"])
        row = table.loc[(analysis, question)]
        return row["answered"], row["reason"]


@pytest.fixture(scope="session")
def run(real_data, tmp_path_factory) -> Callable[[str], Results]:
    """Run a study of this folder once, from its raw files to the report."""
    done: dict[str, Results] = {}

    def results(name: str) -> Results:
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            made = snakemake(name, folder)
            assert made.returncode == 0, made.stderr[-4000:]
            done[name] = Results(name, folder)
        return done[name]

    return results


@pytest.fixture(scope="session")
def contract() -> Callable[[dict[str, list[str]]], Iterator[tuple[str, list[str]]]]:
    """Every table that docs/architecture.md promises, with the columns that it names.

    `names` holds the cohorts (`cohort`), analyses (`a`), and assays by either of them.
    """
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    promised = [match for line in page.splitlines() if (match := ROW.match(line))]
    assert len(promised) > 15

    def tables(names: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
        for match in promised:
            words = re.findall(r"`([^`]+)`", match["columns"])
            columns = [
                word for text in words for word in text.split() if re.fullmatch(r"\w+", word)
            ]
            wildcards = re.findall(r"\{(\w+)\}", match["file"])
            for values in product(*(names[wildcard] for wildcard in wildcards)):
                chosen = dict(zip(wildcards, values, strict=True))
                yield match["file"].format(**chosen), columns

    return tables
