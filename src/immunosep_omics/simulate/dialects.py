"""How each hospital writes the same clinical facts: headers, codes, marks, missing values."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from immunosep_omics.simulate.study import SimulatedCohort
from immunosep_omics.stats.streams import stream

ONSET = "onset"
SAMPLING = "sampling"
ARRAY = "array"
"""Columns that are written, but are not facts of the clinical table: dates, array names."""


@dataclass(frozen=True)
class Dialect:
    """One hospital's table of patients."""

    file: str
    delimiter: str
    decimal: str
    missing: str
    headers: dict[str, str]
    """our name of a column to the hospital's header, in the order of the table"""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """our value to the hospital's code, per column"""
    nuisance: tuple[str, ...] = ()
    """headers of columns that mean nothing"""


_ARMS = ("placebo", "anakinra", "interferon_gamma", "none")
_SITES = ("cap", "hap", "vap", "bacteraemia")

DIALECTS = {
    "athens": Dialect(
        file="clinical.csv", delimiter=",", decimal=".", missing="NA",
        headers={
            "patient": "PatID", "sample": "SampleID", "age": "Age", "sex": "Sex",
            "site_of_infection": "Infection", "hours": "HoursSinceSepsis",
            "sofa_day0": "SOFA_D0", "sofa_day9": "SOFA_D9", "ferritin": "Ferritin_ng_mL",
            "hla_dr": "mHLA_DR_AB_per_cell", "lactate": "Lactate_mmol_L",
            "neutrophils": "Neutrophils_pct", "death_28d": "Outcome28", "time_28d": "DaysToEvent",
            "treatment": "Arm",
        },
        codes={
            "sex": {"female": "F", "male": "M"},
            "site_of_infection": dict(zip(_SITES, ("CAP", "HAP", "VAP", "BSI"), strict=True)),
            "death_28d": {"1": "died", "0": "alive"},
            "treatment": dict(
                zip(_ARMS, ("placebo", "anakinra", "IFNg", "not randomised"), strict=True)),
        },
        nuisance=("Comment",),
    ),
    "nijmegen": Dialect(
        file="patients.tsv", delimiter="\t", decimal=",", missing="",
        headers={
            "patient": "Patient", "sample": "Sample", "age": "age_years", "sex": "gender",
            "site_of_infection": "focus", ONSET: "sepsis_onset", SAMPLING: "sampling_time",
            "sofa_day0": "sofa_day0", "sofa_day9": "sofa_day9", "ferritin": "ferritin",
            "hla_dr": "HLA_DR", "lactate": "lactate", "neutrophils": "neutrophils_percent",
            "death_28d": "died_28", "time_28d": "followup_days", "treatment": "treatment",
        },
        codes={
            "site_of_infection": dict(
                zip(_SITES, ("community pneumonia", "hospital pneumonia",
                             "ventilator pneumonia", "bacteraemia"), strict=True)),
        },
        nuisance=("ward", "remarks"),
    ),
    "jena": Dialect(
        file="clinical.csv", delimiter=";", decimal=".", missing="-9",
        headers={
            "patient": "subject", ARRAY: "GEO_accession", "age": "AGE", "sex": "SEX",
            "site_of_infection": "SITE", "hours": "HOURS", "sofa_day0": "SOFA0",
            "sofa_day9": "SOFA9", "ferritin": "FERR", "hla_dr": "HLADR", "lactate": "LACT",
            "neutrophils": "NEUT", "death_28d": "DEAD28", "time_28d": "TIME", "treatment": "ARM",
        },
        codes={
            "sex": {"male": "1", "female": "2"},
            "site_of_infection": dict(zip(_SITES, "1234", strict=True)),
            "death_28d": {"1": "yes", "0": "no"},
            "treatment": dict(zip(_ARMS, "PAIN", strict=True)),
        },
        nuisance=("NURSE",),
    ),
    "modena": Dialect(
        file="patients.xlsx", delimiter="", decimal=".", missing="n/a",
        headers={
            "patient": "Patient ID", "age": "Age (years)", "sex": "Sex",
            "site_of_infection": "Site", "hours": "Hours since sepsis",
            "sofa_day0": "SOFA day 0", "sofa_day9": "SOFA day 9", "ferritin": "Ferritin (ng/mL)",
            "hla_dr": "mHLA-DR (receptors/monocyte)", "lactate": "Lactate (mmol/L)",
            "neutrophils": "Neutrophils (%)", "death_28d": "Day-28 status",
            "time_28d": "Days to event", "treatment": "Study drug",
        },
        codes={
            "sex": {"female": "F", "male": "M"},
            "site_of_infection": dict(
                zip(_SITES, ("lung, community", "lung, hospital", "lung, ventilator", "blood"),
                    strict=True)),
            "death_28d": {"1": "D", "0": "S"},
        },
        nuisance=("Notes",),
    ),
}  # fmt: skip

_ONE_DECIMAL = {"hours", "lactate", "neutrophils"}
_REMARKS = ("", "", "transferred from ward", "re-check, sample late", "family informed", "n=2")


def clinical_text(cohort: SimulatedCohort) -> pd.DataFrame:
    """The clinical table as text in the cohort's dialect; one row per patient."""
    plan = cohort.world.cohorts[cohort.name]
    dialect = DIALECTS[plan.dialect]
    rng = stream(cohort.seed, cohort.world.name, cohort.name, "charts")
    source = cohort.clinical.reset_index(names="patient")
    if SAMPLING in dialect.headers:
        source[ONSET], source[SAMPLING] = _dates(source["hours"], rng)
    if ARRAY in dialect.headers:
        arrays = cohort.assays["rna"].samples["array"]
        source[ARRAY] = arrays.reindex(source["sample"]).to_numpy()
    table = pd.DataFrame(
        {header: _text(source[name], name, dialect) for name, header in dialect.headers.items()}
    )
    for header in dialect.nuisance:
        table[header] = rng.choice(np.array(_REMARKS, dtype=object), len(table))
    return table


def clinical_file(cohort: SimulatedCohort) -> tuple[str, bytes]:
    """Name and content of the cohort's clinical table."""
    dialect = DIALECTS[cohort.world.cohorts[cohort.name].dialect]
    table = clinical_text(cohort)
    if dialect.file.endswith(".xlsx"):
        return dialect.file, _workbook(table, dialect)
    text = table.to_csv(sep=dialect.delimiter, index=False, lineterminator="\n")
    return dialect.file, text.encode()


def _text(values: pd.Series, name: str, dialect: Dialect) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values):
        pattern = "%.1f" if name in _ONE_DECIMAL else "%.0f"
        text = values.map(lambda x: pattern % x, na_action="ignore")
        text = text.str.replace(".", dialect.decimal, regex=False)
    else:
        text = values.astype(object)
    codes = dialect.codes.get(name)
    if codes:
        text = text.map(codes, na_action="ignore")
    missing = "" if name == ARRAY else dialect.missing
    return text.where(values.notna(), missing)


def _dates(hours: pd.Series, rng: np.random.Generator) -> tuple[pd.Series, pd.Series]:
    minutes = rng.integers(0, 2 * 365 * 24 * 60, hours.size)
    onset = pd.Timestamp("2022-01-01") + pd.to_timedelta(minutes, unit="min")
    sampling = onset + pd.to_timedelta(np.round(hours.to_numpy() * 60), unit="min")
    first, second = (
        pd.Series(when.strftime("%Y-%m-%d %H:%M"), index=hours.index) for when in (onset, sampling)
    )
    return first, second


def _workbook(table: pd.DataFrame, dialect: Dialect) -> bytes:
    """The table as an xlsx file whose bytes depend on nothing but the table."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "patients"
    sheet.append(list(table.columns))
    numeric = {dialect.headers[name] for name in dialect.headers if name not in dialect.codes}
    numeric -= {dialect.headers["patient"], dialect.headers["treatment"]}
    for record in table.itertuples(index=False, name=None):
        sheet.append([
            float(cell) if header in numeric and cell != dialect.missing else (cell or None)
            for header, cell in zip(table.columns, record, strict=True)
        ])  # fmt: skip
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_clock(buffer.getvalue())


def _without_clock(workbook: bytes) -> bytes:
    """Rewrite a zip archive with fixed time stamps, inside and out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2022-01-01T00:00:00Z", content
                )
            entry = zipfile.ZipInfo(name, (2022, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return buffer.getvalue()
