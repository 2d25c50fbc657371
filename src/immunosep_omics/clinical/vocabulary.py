"""Clinical columns with a fixed meaning: type, unit, plausible range, levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

ColumnType = Literal["number", "binary", "category"]


@dataclass(frozen=True)
class Entry:
    """A clinical word; `low` and `high` bound plausible values in the project's `unit`."""

    name: str
    type: ColumnType
    unit: str | None = None
    units: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    levels: tuple[str, ...] = ()

    @property
    def unit_must_be_stated(self) -> bool:
        """True where a wrong guess of the unit would change the values."""
        return bool(self.refused) or any(factor != 1 for factor in self.units.values())


@cache
def vocabulary() -> dict[str, Entry]:
    """All clinical words, by name."""
    return {name: _entry(name, facts) for name, facts in read_data("vocabulary.yaml").items()}


def read_data(name: str) -> dict[str, Any]:
    """One of the data files that stand beside this module."""
    text = files("immunosep_omics.clinical").joinpath(name).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _entry(name: str, facts: dict[str, Any]) -> Entry:
    low, high = facts.get("range", (None, None))
    return Entry(
        name=name, type=facts["type"], unit=facts.get("unit"), units=facts.get("units", {}),
        refused=facts.get("refused", {}), low=low, high=high,
        levels=tuple(facts.get("levels", ())),
    )  # fmt: skip
