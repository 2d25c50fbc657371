"""A good study on disk, ways to break it, and what the program says of it."""

from __future__ import annotations

import csv
import functools
import io
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from openpyxl import Workbook, load_workbook

from immunosep_omics.errors import InputError
from immunosep_omics.identifiers import gene_table
from immunosep_omics.ingest import ingest_assay, read_clinical
from immunosep_omics.ingest.check import check_files, check_study
from immunosep_omics.settings.load import read_study

SAMPLES = [f"S{number:02d}" for number in range(1, 25)]

STUDY = """\
study: mutated
results: results
seed: 1
cohorts: [a, b]
analyses:
  main:
    assays: [rna, proteome, olink, metabolites]
    contrasts:
      death: {column: death_28d, level: 1, versus: 0, adjust: [age, sex]}
      arm: {column: treatment, level: anakinra, versus: placebo}
    outcome: {event: death_28d}
"""

CLINICAL = """\
  patient: PatID
  sample: SampleID
  columns:
    age: {from: Age, unit: years}
    sex: {from: Sex, codes: {F: female, M: male}}
    ferritin: {from: Ferritin, unit: ng/mL}
    lactate: {from: Lactate, unit: mmol/L}
    death_28d: {from: Dead, codes: {died: 1, alive: 0}}
    treatment: {from: Arm, codes: {ANA: anakinra, PLA: placebo}}
    batch: Batch
"""

COHORT_A = f"""\
folder: ../data/a
clinical:
  file: clinical.csv
{CLINICAL}assays:
  rna: {{kind: rna_counts, format: matrix, file: counts.tsv}}
  proteome: {{kind: ms_proteins, format: matrix, file: proteins.tsv, scale: log2}}
  olink: {{kind: olink_npx, format: olink_long, file: npx.csv}}
"""

COHORT_B = f"""\
folder: ../data/b
clinical:
  file: clinical.xlsx
{CLINICAL}assays:
  rna: {{kind: rna_counts, format: featurecounts, file: counts.txt}}
  metabolites:
    {{kind: metabolites, format: matrix, file: metabolites.csv, samples_in: rows, unit: uM}}
"""


@functools.cache
def genes(count: int) -> list[str]:
    known = sorted(name for name in gene_table().symbols if name.isalpha() and len(name) > 3)
    return known[:: len(known) // count][:count]


def clinical_rows(seed: int) -> list[list[object]]:
    """A header and one row per sample, two samples for none of the patients."""
    draw = np.random.default_rng(seed)
    header = ["PatID", "SampleID", "Age", "Sex", "Ferritin", "Lactate", "Dead", "Arm", "Batch"]
    return [
        header,
        *(
            [
                f"P{number:02d}", sample, int(draw.integers(30, 88)),
                "FM"[int(draw.random() < 0.5)], round(float(draw.lognormal(6.5, 1)), 1),
                round(float(draw.lognormal(0.7, 0.5)), 2),
                "died" if number % 3 == 0 else "alive", "ANA" if draw.random() < 0.5 else "PLA",
                f"b{number % 2}",
            ]
            for number, sample in enumerate(SAMPLES, start=1)
        ),
    ]  # fmt: skip


def _counts(seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    level = draw.gamma(2, 100, (90, 1)) * draw.uniform(0.5, 2, len(SAMPLES))
    values = draw.negative_binomial(4, 4 / (4 + level))
    return pd.DataFrame(values, index=pd.Index(genes(90), name="gene"), columns=SAMPLES)


def _write_good(folder: Path) -> None:
    a, b = folder / "data" / "a", folder / "data" / "b"
    for path in (a, b, folder / "cohorts"):
        path.mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY)
    (folder / "cohorts" / "a.yaml").write_text(COHORT_A)
    (folder / "cohorts" / "b.yaml").write_text(COHORT_B)
    draw = np.random.default_rng(5)
    with (a / "clinical.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(clinical_rows(1))
    _counts(2).to_csv(a / "counts.tsv", sep="\t")
    level = draw.normal(24, 2.5, (70, 1))
    proteins = pd.DataFrame(
        level + draw.normal(0, 0.7, (70, 24)), index=pd.Index(genes(70), name="protein"),
        columns=SAMPLES,
    ).round(4)  # fmt: skip
    proteins = proteins.mask(draw.random(proteins.shape) < 0.08)
    proteins.to_csv(a / "proteins.tsv", sep="\t", na_rep="NA")
    npx = [
        [sample, gene, f"OID{n:05d}", "Inflammation", f"{draw.normal(4 + n % 5, 1):.4f}", "0.5",
         "Pass", f"plate{place % 3}"]
        for place, sample in enumerate(SAMPLES) for n, gene in enumerate(genes(40))
    ]  # fmt: skip
    with (a / "npx.csv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        names = "SampleID Assay OlinkID Panel NPX LOD QC_Warning PlateID"
        writer.writerows([names.split(), *npx])
    book = Workbook()
    for row in clinical_rows(3):
        book.active.append(row)
    book.save(b / "clinical.xlsx")
    counts = _counts(4).reset_index().rename(columns={"gene": "Geneid"})
    for place, (name, value) in enumerate(
        {"Chr": "1", "Start": 1, "End": 900, "Strand": "+", "Length": 900}.items(), start=1
    ):
        counts.insert(place, name, value)
    text = counts.rename(columns={s: f"{s}.bam" for s in SAMPLES}).to_csv(sep="\t", index=False)
    (b / "counts.txt").write_text("# Program:featureCounts v2.0.3\n" + text)
    names = [f"metabolite {n}" for n in range(30)]
    values = np.exp(draw.normal(3, 1.5, (1, 30)) + draw.normal(0, 0.6, (24, 30))).round(4)
    metabolites = pd.DataFrame(values, index=pd.Index(SAMPLES, name="sample"), columns=names)
    metabolites.to_csv(b / "metabolites.csv")


class Study:
    """A study's folder, and small ways to change what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def replace(self, file: str, old: str, new: str, count: int = 1) -> None:
        text = self.text(file)
        assert old in text, f"{old!r} is not in {file}"
        self.write(file, text.replace(old, new, count))

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def write(self, file: str, content: str | bytes) -> None:
        data = content.encode() if isinstance(content, str) else content
        (self.folder / file).write_bytes(data)

    def facts(self, cohort: str, change) -> None:
        """Change a cohort's facts as a dictionary."""
        path = self.folder / "cohorts" / f"{cohort}.yaml"
        facts = yaml.safe_load(path.read_text())
        change(facts)
        path.write_text(yaml.safe_dump(facts, sort_keys=False))

    def rows(self, file: str, change, delimiter: str) -> None:
        """Change a delimited file as a list of rows, the header first."""
        rows = list(csv.reader(io.StringIO(self.text(file)), delimiter=delimiter))
        changed = change(rows) or rows
        stream = io.StringIO()
        csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(changed)
        self.write(file, stream.getvalue())

    def table(self, change) -> None:
        """Change the clinical table of cohort a as a list of rows."""
        self.rows("data/a/clinical.csv", change, ",")

    def column(self, header: str, change) -> None:
        """Change each cell of a clinical column of cohort a."""

        def changed(rows):
            at = rows[0].index(header)
            for row in rows[1:]:
                row[at] = change(row[at], row)

        self.table(changed)

    def values(self, file: str, change, delimiter: str = "\t") -> None:
        """Change a matrix as a frame."""
        path = self.folder / file
        frame = pd.read_csv(path, sep=delimiter, index_col=0)
        change(frame).to_csv(path, sep=delimiter, na_rep="NA")

    def book(self, change) -> None:
        """Change the clinical workbook of cohort b."""
        path = self.folder / "data/b/clinical.xlsx"
        book = load_workbook(path)
        change(book)
        book.save(path)

    def outcome(self):
        """Problems as text, verdicts, and all values that ingest gives."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            return _outcome()
        finally:
            os.chdir(before)


def _outcome():
    read = read_study([Path("study.yaml")])
    loaded = read.loaded
    if loaded is None:
        return [str(p) for p in [*read.problems, *check_files(read.cohorts)]], None, {}
    check = check_study(loaded)
    problems = [str(problem) for problem in check.problems]
    if problems:
        return problems, check.questions, {}
    values = {}
    for cohort, facts in loaded.cohorts.items():
        folder = loaded.folders[cohort]
        columns = {n: f.sample_column for n, f in facts.assays.items() if f.sample_column}
        try:
            clinical = read_clinical(cohort, facts.clinical, folder, columns)
        except InputError as error:
            problems += [str(problem) for problem in error.problems]
            continue
        values[cohort] = clinical.table
        for assay, stated in facts.assays.items():
            try:
                made = ingest_assay(cohort, assay, stated, folder, clinical)[0]
            except InputError as error:
                problems += [str(problem) for problem in error.problems]
            else:
                values[f"{cohort}.{assay}"] = made.to_df()
    return problems, check.questions, values


@pytest.fixture(scope="session")
def good_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "study"
    folder.mkdir()
    _write_good(folder)
    return folder


@pytest.fixture(scope="session")
def good_outcome(good_folder):
    return Study(good_folder).outcome()


@pytest.fixture
def study(good_folder, tmp_path):
    """A copy of the good study that a test may break."""
    shutil.copytree(good_folder, tmp_path / "study")
    return Study(tmp_path / "study")


@pytest.fixture
def caught(study):
    """Break the study; one message must hold all the words."""

    def check(change, *words: str) -> list[str]:
        change(study)
        problems, _, _ = study.outcome()
        assert problems, "nothing was found"
        assert all(" -> " in problem for problem in problems), problems
        assert any(all(word in problem for word in words) for problem in problems), problems
        return problems

    return check


@pytest.fixture
def handled(study, good_outcome):
    """Change how the study is written; its values must stay the same."""

    def check(change) -> None:
        change(study)
        problems, _, values = study.outcome()
        assert problems == []
        assert values.keys() == good_outcome[2].keys()
        for name, frame in good_outcome[2].items():
            found = values[name].loc[frame.index, frame.columns]
            pd.testing.assert_frame_equal(found, frame, check_dtype=False)

    return check
