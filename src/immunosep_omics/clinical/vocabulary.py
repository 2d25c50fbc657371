"""Clinical columns with a fixed meaning: type, unit, plausible values, levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

ColumnType = Literal["number", "binary", "category"]
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Entry:
    """A clinical word; bounds are in the project's `unit`, and explained in `vocabulary.yaml`.

    `units` give what a value is multiplied with, and what is added after that.
    """

    name: str
    type: ColumnType
    unit: str | None = None
    units: dict[str, tuple[float, float]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    usual: Bounds | None = None
    median: Bounds | None = None
    mistaken: dict[str, Bounds] = field(default_factory=dict)
    levels: tuple[str, ...] = ()

    @property
    def unit_must_be_stated(self) -> bool:
        """True where a wrong guess of the unit would change the values."""
        return bool(self.refused) or any(scale != (1, 0) for scale in self.units.values())


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
        name=name, type=facts["type"], unit=facts.get("unit"),
        units={unit: _scale(value) for unit, value in facts.get("units", {}).items()},
        refused=facts.get("refused", {}), low=low, high=high, usual=_bounds(facts.get("usual")),
        median=_bounds(facts.get("median")),
        mistaken={unit: (a, b) for unit, (a, b) in facts.get("mistaken", {}).items()},
        levels=tuple(facts.get("levels", ())),
    )  # fmt: skip


def _scale(value: float | list[float]) -> tuple[float, float]:
    factor, added = value if isinstance(value, list) else (value, 0)
    return float(factor), float(added)


def _bounds(value: list[float] | None) -> Bounds | None:
    return None if value is None else (value[0], value[1])
