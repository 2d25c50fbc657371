"""Olink NPX with one row per sample and assay (NPX Manager, NPX Explore, NPX Map)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest import text_file
from immunosep_omics.ingest.olink import CONTROL_ASSAY, CONTROL_SAMPLE, joined, warnings
from immunosep_omics.ingest.raw_assay import Note, RawAssay, feature_table
from immunosep_omics.ingest.wide_text import WideText, open_wide, read_columns
from immunosep_omics.settings.assays import OlinkLong

REQUIRED = {"sampleid": "SampleID", "assay": "Assay", "npx": "NPX"}
TEXTS = (
    "sampleid", "assay", "olinkid", "uniprot", "panel", "plateid", "qcwarning", "sampleqc",
    "sampletype", "assaytype",
)  # fmt: skip
MISSING = ["NA", "NaN", "nan", "."]


def read(facts: OlinkLong, folder: Path) -> RawAssay:
    """Read long NPX; headers in any of Olink's spellings (`SampleID`, `Sample_ID`).

    NPX below the limit of detection are kept. Rows of control samples and control assays are left
    out and counted. A feature is its OlinkID, or panel and assay where the file has none. Raises
    :class:`InputError` for a missing column and for a sample that has an assay twice.
    """
    file = text_file.read_text_file(folder / facts.file)
    table = open_wide(file.data, facts.delimiter or _delimiter(file.data), file.shown)
    rows = _rows(table)
    notes = list(file.notes)
    rows = _without_controls(rows, notes)
    if rows.empty:
        raise InputError(Problem(file.shown, "only control rows are in the file", "check the file"))
    rows["feature"] = _identifiers(rows)
    _refuse_repeats(rows, file.shown)
    values = _values(rows)
    features = _features(rows, values.columns)
    return RawAssay(values, features, _samples(rows, values.index), file.shown, notes)


def _delimiter(data: bytes) -> str:
    top = data.partition(b"\n")[0].decode("utf-8")
    return max((";", ",", "\t"), key=top.count)


def _key(header: str) -> str:
    return re.sub(r"[^a-z]", "", header.lower())


def _rows(table: WideText) -> pd.DataFrame:
    places: dict[str, int] = {}
    for place, header in enumerate(table.header):
        places.setdefault(_key(header), place)
    lacking = [name for key, name in REQUIRED.items() if key not in places]
    if lacking:
        raise InputError(
            Problem(
                table.shown, f"there is no column {', '.join(lacking)}",
                "give Olink's long export (or state `delimiter`); a table of samples x proteins"
                " is `format: matrix`",
            )
        )  # fmt: skip
    texts = {key: places[key] for key in TEXTS if key in places}
    numbers = {key: places[key] for key in ("npx", "lod") if key in places}
    frame, values = read_columns(
        table, list(texts.values()), list(numbers.values()), decimal=".", missing=MISSING
    )
    frame.columns = pd.Index(list(texts))
    rows = frame.fillna("").apply(lambda column: column.str.strip())
    for place, key in enumerate(numbers):
        rows[key] = values[:, place]
    return rows


def _without_controls(rows: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    control = rows["sampleid"].str.match(CONTROL_SAMPLE)
    if "sampletype" in rows:
        control |= rows["sampletype"].str.contains("control", case=False)
    internal = rows["assay"].str.match(CONTROL_ASSAY)
    if "assaytype" in rows:
        internal |= ~rows["assaytype"].str.lower().isin(["", "assay"])
    names = rows.loc[control, "sampleid"].nunique()
    if control.any():
        notes.append(Note("control samples", int(control.sum()), f"rows of {names} control wells"))
    if (internal & ~control).any():
        count = int((internal & ~control).sum())
        notes.append(Note("control assays", count, "rows of incubation, extension and the like"))
    return rows[~(control | internal)].copy()


def _identifiers(rows: pd.DataFrame) -> pd.Series:
    if "olinkid" in rows and (rows["olinkid"] != "").all():
        return rows["olinkid"]
    if "panel" not in rows:
        return rows["assay"]
    panels = rows.groupby("assay")["panel"].transform("nunique")
    return rows["assay"].where(panels == 1, rows["panel"] + ":" + rows["assay"])


def _refuse_repeats(rows: pd.DataFrame, shown: str) -> None:
    repeated = rows[rows.duplicated(["sampleid", "feature"])]
    if len(repeated):
        names = list(dict.fromkeys(repeated["sampleid"]))
        first = repeated.iloc[0]
        raise InputError(
            Problem(
                shown,
                f"{len(names)} samples have an assay more than once: {', '.join(names[:5])}"
                f" (first: {first['sampleid']}, {first['assay']})",
                "keep one run of each sample, or give bridging samples names of their own",
            )
        )


def _values(rows: pd.DataFrame) -> pd.DataFrame:
    sample_at, samples = pd.factorize(rows["sampleid"])
    feature_at, features = pd.factorize(rows["feature"])
    values = np.full((len(samples), len(features)), np.nan)
    values[sample_at, feature_at] = rows["npx"].to_numpy()
    return pd.DataFrame(values, index=list(samples), columns=list(features))


def _features(rows: pd.DataFrame, order: pd.Index) -> pd.DataFrame:
    first = rows.drop_duplicates("feature").set_index("feature").loc[order]
    features = feature_table(order, first["assay"])
    for key in ("uniprot", "panel"):
        if key in first:
            features[key] = first[key].to_numpy()
    if "lod" in rows:
        features["lod"] = rows.groupby("feature")["lod"].median().loc[order].to_numpy()
    return features


def _samples(rows: pd.DataFrame, order: pd.Index) -> pd.DataFrame:
    grouped = rows.groupby("sampleid", sort=False)
    samples = pd.DataFrame(index=order)
    if "plateid" in rows:
        samples["plate"] = grouped["plateid"].agg(joined).loc[order]
    warning = next((key for key in ("qcwarning", "sampleqc") if key in rows), None)
    if warning is not None:
        samples["qc_warning"] = grouped[warning].agg(warnings).loc[order]
    if "lod" in rows:
        known = rows["npx"].notna() & rows["lod"].notna()
        below = (rows["npx"] < rows["lod"]).astype(float).where(known)
        samples["below_lod"] = below.groupby(rows["sampleid"]).mean().loc[order]
    return samples
