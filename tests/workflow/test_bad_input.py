"""What a hurried analyst writes: each mistake is told once, with its place and what to do."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from immunosep_omics.errors import InputError, tell
from immunosep_omics.ingest import ingest_assay, read_clinical
from immunosep_omics.settings import load_study

PROJECT = Path(__file__).parents[2]
PATIENTS = range(12)
STUDY, COHORT, CLINICAL = "study.yaml", "cohorts/ward.yaml", "data/patients.csv"
COUNTS, NPX = "data/counts.tsv", "data/npx.csv"

Files = dict[str, str]
Break = Callable[[Files], None]


@pytest.fixture
def files() -> Files:
    """A small study without mistakes."""
    rows = [
        f"P{n:02},S{n:02},{50 + n},{'FM'[n % 2]},{400 + 13 * n}.5,{('died', 'alive')[n % 3 > 0]}"
        for n in PATIENTS
    ]
    counts = [[(37 * gene + 11 * n) % 90 + gene for n in PATIENTS] for gene in range(40)]
    npx = [[2 + (7 * protein + 3 * n) % 17 / 4 for protein in range(20)] for n in PATIENTS]
    samples = [f"S{n:02}" for n in PATIENTS]
    genes = [f"GENE{gene}" for gene in range(40)]
    proteins = [f"PROT{protein}" for protein in range(20)]
    return {
        STUDY: """\
study: ward_study
cohorts: [ward]
analyses:
  main:
    assays: [rna, olink]
    harmonise: none
    contrasts:
      death: {column: death_28d, level: 1, versus: 0, adjust: [age, sex]}
    outcome: {event: death_28d}
""",
        COHORT: """\
folder: ../data
clinical:
  file: patients.csv
  patient: Patient
  sample: Sample
  columns:
    age: {from: Age, unit: years}
    sex: {from: Sex, codes: {F: female, M: male}}
    ferritin: {from: Ferritin, unit: ng/mL}
    death_28d: {from: Outcome, codes: {died: 1, alive: 0}}
assays:
  rna: {kind: rna_counts, format: matrix, file: counts.tsv}
  olink: {kind: olink_npx, format: matrix, file: npx.csv, samples_in: rows}
""",
        CLINICAL: lines(["Patient,Sample,Age,Sex,Ferritin,Outcome", *rows]),
        COUNTS: table("\t", ["gene", *samples], genes, counts),
        NPX: table(",", ["sample", *proteins], samples, npx),
    }


def lines(rows: list[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


def table(mark: str, header: list[str], names: list[str], values: list[list[float]]) -> str:
    rows = [mark.join([name, *map(str, row)]) for name, row in zip(names, values, strict=True)]
    return lines([mark.join(header), *rows])


def write(files: Files, folder: Path) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def use(study: Path) -> None:
    """Everything that the workflow does before it trusts an input."""
    loaded = load_study([study])
    for name, facts in loaded.cohorts.items():
        folder = loaded.folders[name]
        clinical = read_clinical(name, facts.clinical, folder)
        for assay, stated in facts.assays.items():
            ingest_assay(name, assay, stated, folder, clinical)


def change(file: str, old: str, new: str, count: int = 1) -> Break:
    def apply(files: Files) -> None:
        assert old in files[file], f"{old!r} is not in {file}"
        files[file] = files[file].replace(old, new, count)

    return apply


def header_only(file: str) -> Break:
    return lambda files: files.update({file: files[file].partition("\n")[0] + "\n"})


def both(*breaks: Break) -> Break:
    def apply(files: Files) -> None:
        for one in breaks:
            one(files)

    return apply


def times(file: str, factor: float) -> Break:
    """Every value of a table multiplied."""

    def apply(files: Files) -> None:
        header, _, body = files[file].partition("\n")
        scaled = re.sub(
            r"(?<=[\t,])[0-9.]+", lambda found: str(float(found.group()) * factor), body
        )
        files[file] = f"{header}\n{scaled}"

    return apply


SEMICOLONS = both(
    change(CLINICAL, ",", ";", -1),
    change(COHORT, "file: patients.csv", 'file: patients.csv\n  delimiter: ";"'),
)

# What was done, and words that the message must hold: the place, the mistake, the remedy.
MISTAKES: dict[str, tuple[Break, tuple[str, ...]]] = {
    "misspelt key": (
        change(STUDY, "harmonise", "harmonize"),
        ("study.yaml:6 (analyses.main.harmonize)", "did you mean 'harmonise'"),
    ),
    "misspelt column of a contrast": (
        change(STUDY, "column: death_28d", "column: death28"),
        ("study.yaml:8 (analyses.main.contrasts.death.column)", "did you mean 'death_28d'"),
    ),
    "no without quotes": (
        change(STUDY, "versus: 0", "versus: no"),
        ("study.yaml:8 (analyses.main.contrasts.death.versus)", "ambiguous", "in quotes"),
    ),
    "tab in YAML": (
        change(STUDY, "    harmonise", "\tharmonise"),
        ("study.yaml:6", "not valid YAML", "not with tabs"),
    ),
    "misspelt file": (
        change(COHORT, "counts.tsv", "count.tsv"),
        ("ward.yaml:12 (assays.rna.file)", "no such file", "did you mean 'counts.tsv'"),
    ),
    "misspelt header": (
        change(COHORT, "from: Ferritin", "from: Feritin"),
        ("patients.csv (clinical.columns.ferritin.from)", "'Feritin'", "did you mean 'Ferritin'"),
    ),
    "key stated twice": (
        change(COHORT, "  patient: Patient", "  patient: Patient\n  patient: Sample"),
        ("ward.yaml:5 (clinical.patient)", "twice (first on line 4)", "keep one"),
    ),
    "unit left out": (
        change(COHORT, ", unit: ng/mL", ""),
        ("patients.csv (clinical.columns.ferritin)", "no unit", "state one: ng/mL"),
    ),
    "a person's name": (
        both(
            change(CLINICAL, "Patient", "Surname"),
            change(COHORT, "patient: Patient", "patient: Surname"),
        ),
        ("data/patients.csv (clinical.patient)", "looks like a person's name", "pseudonym"),
    ),
    "undeclared delimiter": (
        change(CLINICAL, ",", ";", -1),
        ("patients.csv", "only one column", '`delimiter`: ";"'),
    ),
    "undeclared decimal comma": (
        both(SEMICOLONS, change(CLINICAL, ".5", ",5", -1)),
        ("patients.csv, column 'Ferritin', rows 2, 3, 4, 5, 6 and 7 more", "`decimal`"),
    ),
    "sample twice": (
        change(CLINICAL, "P03,S03", "P03,S02"),
        (
            "patients.csv, column 'Sample', rows 4, 5",
            "the same sample stands in several rows",
            "keep one row",
        ),
    ),
    "text in a clinical number": (
        change(CLINICAL, "426.5", "high"),
        ("patients.csv, column 'Ferritin', row 4", "text 'high'", "`missing`"),
    ),
    "number in another unit": (
        change(CLINICAL, "426.5", "4265000.5"),
        ("patients.csv, column 'Ferritin', row 4", "implausible", "check the unit"),
    ),
    "undeclared code": (
        change(CLINICAL, "alive", "transferred"),
        ("patients.csv, column 'Outcome', row 3", "'transferred'", "add it to `codes`"),
    ),
    "row of one field more": (
        change(CLINICAL, "P03,S03,53,", "P03,S03,53,,"),
        ("patients.csv:5", "7 fields, the header 6", "mend the row"),
    ),
    "sample that the sheet lacks": (
        change(CLINICAL, "P03,S03,53,M,439.5,died\n", ""),
        ("counts.tsv (assays.rna)", "lacks S03", "`ignore_samples`"),
    ),
    "matrix the wrong way round": (
        change(COHORT, ", samples_in: rows", ""),
        ("npx.csv (assays.olink.samples_in)", "S00, S01, S02", "`samples_in: rows`"),
    ),
    "matrix without rows": (
        header_only(COUNTS),
        ("counts.tsv", "no rows", "check the export"),
    ),
    "empty matrix": (
        lambda files: files.update({COUNTS: ""}),
        ("counts.tsv", "empty", "check the export"),
    ),
    "text among counts": (
        change(COUNTS, "\t80\t", "\tmany\t"),
        ("counts.tsv:13, column 'S02'", "text 'many'", "`missing`"),
    ),
    "normalised values as counts": (
        times(COUNTS, 1.37),
        ("counts.tsv (assays.rna.scale)", "declared as counts", "raw counts"),
    ),
    "linear values as NPX": (
        times(NPX, 100),
        ("npx.csv (assays.olink.scale)", "declared as npx", "look linear", "log2"),
    ),
}


def test_the_study_without_mistakes_is_accepted(files, tmp_path):
    write(files, tmp_path)
    use(tmp_path / STUDY)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_place_and_remedy(files, tmp_path, monkeypatch, mistake):
    done, words = MISTAKES[mistake]
    done(files)
    write(files, tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refused:
        use(Path(STUDY))
    message = tell(refused.value)
    assert message.startswith("1 problem with the input:"), message
    assert "    -> " in message
    for word in words:
        assert word in message, f"{word!r} not in: {message}"


def run(folder: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "snakemake", "-s", str(PROJECT / "Snakefile"), "--cores", "1",
        "--configfile", str(folder / STUDY), "--directory", str(folder), *targets,
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("mistake", "written"),
    [
        # In the YAML: nothing starts.
        ("misspelt key", []),
        # In a table: the cohort's check stops before anything of the cohort is written.
        ("undeclared decimal comma", ["study.txt"]),
        ("normalised values as counts", ["study.txt"]),
    ],
)
def test_the_workflow_stops_and_writes_nothing_of_what_it_refuses(
    files, tmp_path, mistake, written
):
    done, words = MISTAKES[mistake]
    done(files)
    write(files, tmp_path)
    run_ended = run(tmp_path, "results/assays/ward/rna/normalised.h5ad")
    assert run_ended.returncode != 0
    told = run_ended.stdout + run_ended.stderr
    assert told.count("1 problem with the input:") == 1
    for word in words:
        assert word in told
    assert "Traceback" not in told
    results = tmp_path / "results"
    found = sorted(p.relative_to(results).as_posix() for p in results.rglob("*") if p.is_file())
    assert [file for file in found if not file.startswith("logs/")] == written


def test_without_a_target_the_report_is_made(files, tmp_path):
    write(files, tmp_path)
    planned = run(tmp_path, "--dry-run")
    assert planned.returncode == 0
    assert "results/report/index.html" in planned.stdout
