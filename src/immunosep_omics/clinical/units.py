"""Conversion of clinical numbers to the project's units."""

from __future__ import annotations

import re

from immunosep_omics.clinical.vocabulary import Entry
from immunosep_omics.errors import InputError, Problem, did_you_mean

_MICRO = str.maketrans({"\u00b5": "u", "\u03bc": "u", "\u00d7": "x", "\u2079": "^9", "\u00b3": "3"})


def factor(entry: Entry, unit: str | None, where: str) -> float:
    """What a value in `unit` is multiplied with to be in the project's unit of that column.

    Raises :class:`InputError` at `where` for a unit that is unknown, cannot be converted, or is
    not stated although several units are in use.
    """
    valid = [str(entry.unit), *entry.units]
    if unit is None:
        if not entry.unit_must_be_stated:
            return 1.0
        raise _problem(
            where, f"{entry.name} has no unit, and more than one is in use",
            f"state one: {', '.join(valid)}",
        )  # fmt: skip
    written = normal_unit(unit)
    for known, reason in entry.refused.items():
        if written == normal_unit(known):
            raise _problem(
                where, f"{entry.name} in '{unit}' is refused: {reason}",
                f"valid: {', '.join(valid)}; or declare it under another name",
            )  # fmt: skip
    factors = {str(entry.unit): 1.0, **entry.units}
    for known, value in factors.items():
        if written == normal_unit(known):
            return float(value)
    raise _problem(where, f"unknown unit '{unit}' for {entry.name}", did_you_mean(unit, valid))


def normal_unit(unit: str) -> str:
    """A unit without the differences of spelling that mean nothing (case, spaces, µ or u)."""
    text = re.sub(r"\s+", "", unit.translate(_MICRO)).casefold()
    return re.sub(r"^x(?=10)", "", text)


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
