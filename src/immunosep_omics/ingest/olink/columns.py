"""The columns of Olink's long table, in its several spellings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.raw_assay import Note

if TYPE_CHECKING:
    import polars as pl

TEXTS = {
    "sample": ("sampleid",),
    "assay": ("assay",),
    "id": ("olinkid", "oid"),
    "uniprot": ("uniprot", "uniprotid"),
    "panel": ("panel",),
    "block": ("block",),
    "plate": ("plateid",),
    "qc_warning": ("sampleqc", "qcwarning"),
    "assay_warning": ("assayqc", "assaywarning"),
    "sample_type": ("sampletype",),
    "assay_type": ("assaytype",),
    "unit": ("unit",),
}
"""What a column holds, and its headers (lower case, no signs); the first that is there."""

LOD = ("lod", "platelod", "maxlod", "nclod", "fixedlod", "lodnpx")
VALUE = {"olink_npx": "NPX", "cytokines": "Quantified_value"}
"""The column of values for each kind of assay."""

MISSING = ["NA", "NaN", "nan", "."]

NOT_NPX = {
    "quantified": "holds quantified values (concentrations: `kind: cytokines`), not NPX",
    "pcnormalizednpx": "holds no final NPX, only one before normalisation",
    "extnpx": "holds no final NPX, only one before normalisation",
    "count": "holds counts of reads, not NPX",
    "ct": "holds Ct values, not NPX",
}
"""How headers begin in Olink's files that have no NPX."""


@dataclass(frozen=True)
class LongNpx:
    """Columns of the table by what they hold; `texts` are Categorical, null where missing."""

    shown: str
    texts: dict[str, pl.Series]
    numbers: dict[str, np.ndarray]
    notes: list[Note]


@dataclass(frozen=True)
class Places:
    """Positions of the columns that are read."""

    texts: dict[str, int]
    numbers: dict[str, int]


def find_places(headers: Sequence[str], kind: str, shown: str) -> Places:
    """Where the columns stand; raises :class:`InputError` where one that is needed does not."""
    value = VALUE[kind]
    required = {"sample": "SampleID", "assay": "Assay", "value": value}
    keys: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        keys.setdefault(_key(header), []).append(place)
    texts, numbers = (
        {name: next(keys[key][0] for key in spelt if key in keys)
         for name, spelt in wanted.items() if any(key in keys for key in spelt)}
        for wanted in (TEXTS, {"value": (_key(value),), "lod": LOD})
    )  # fmt: skip
    if kind == "cytokines" and "npx" in keys:
        # Beside NPX, a limit of no stated unit is one of NPX.
        numbers.pop("lod", None)
    lacking = [required[name] for name in required if name not in {**texts, **numbers}]
    if lacking == ["NPX"]:
        told = [NOT_NPX[word] for word in NOT_NPX if any(key.startswith(word) for key in keys)]
        if told:
            raise InputError(
                Problem(
                    shown, f"{told[0]}: there is no column NPX",
                    "give Olink's NPX export",
                )
            )  # fmt: skip
    if lacking:
        raise InputError(
            Problem(
                shown, f"there is no column {', '.join(lacking)}",
                "give Olink's long export (or state `delimiter`); a table of samples x proteins"
                " is `format: matrix`, NPX Manager's workbook `format: olink_wide`",
            )
        )  # fmt: skip
    twice = [headers[place] for place in {**texts, **numbers}.values()
             if any(place == same[0] and len(same) > 1 for same in keys.values())]  # fmt: skip
    if twice:
        raise InputError(
            Problem(
                shown, f"{len(twice)} columns stand more than once: {', '.join(twice)}",
                "remove or rename the others",
            )
        )  # fmt: skip
    return Places(texts, numbers)


def _key(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.lower())
