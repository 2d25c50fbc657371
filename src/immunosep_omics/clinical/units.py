"""Conversion of clinical numbers to the project's units."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from immunosep_omics.clinical.vocabulary import Entry
from immunosep_omics.errors import InputError, Problem, did_you_mean

_SIGNS = str.maketrans({
    "\u00b5": "u", "\u03bc": "u", "\u00d7": "x", "\u2079": "^9", "\u00b3": "3", "\u00b2": "2",
    "\u2076": "^6", "\u00b7": "*",
})  # fmt: skip


@dataclass(frozen=True)
class Conversion:
    """From a unit to the project's: multiply by `factor`, then add `added`."""

    factor: float = 1.0
    added: float = 0.0

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Values in the project's unit."""
        with np.errstate(over="ignore"):  # too large a number is told as implausible
            return np.asarray(values * self.factor + self.added)

    def undo(self, values: np.ndarray) -> np.ndarray:
        """Values in this unit, of values in the project's unit."""
        return np.asarray((values - self.added) / self.factor)


def conversions(entry: Entry) -> dict[str, Conversion]:
    """Every unit that an entry may have, with its conversion."""
    return {str(entry.unit): Conversion()} | {
        unit: Conversion(*scale) for unit, scale in entry.units.items()
    }


def conversion(entry: Entry, unit: str | None, where: str) -> Conversion:
    """How a value in `unit` becomes one in the project's unit of that column.

    Raises :class:`InputError` at `where` for a unit that is unknown, cannot be converted, or is
    not stated although several units are in use.
    """
    known = conversions(entry)
    valid = ", ".join(known)
    if unit is None:
        if not entry.unit_must_be_stated:
            return Conversion()
        raise _problem(
            where, f"{entry.name} has no unit, and more than one is in use", f"state one: {valid}"
        )
    written = normal_unit(unit)
    for name, reason in entry.refused.items():
        if written == normal_unit(name):
            raise _problem(
                where, f"{entry.name} in '{unit}' is refused: {reason}",
                f"valid: {valid}; or declare it under another name",
            )  # fmt: skip
    for name, found in known.items():
        if written == normal_unit(name):
            return found
    raise _problem(where, f"unknown unit '{unit}' for {entry.name}", did_you_mean(unit, known))


def unit_in_header(header: str, entry: Entry) -> str | None:
    """The unit of this entry that a header ends with: ``Ferritin (µg/L)``, ``CRP_mg.L``.

    A unit that cannot be converted is found too. None where the header ends with no unit; a unit
    of one letter counts in brackets only.
    """
    known: dict[str, str] = {}
    for unit in [*conversions(entry), *entry.refused]:
        known.setdefault(_letters(unit), unit)
    words = [word for word in _words(header) if word != "per"]
    for start in range(1, len(words)):
        tail = "".join(words[start:])
        if tail in known and (len(tail) > 1 or tail == "%" or re.search(r"[(\[].\W*$", header)):
            return known[tail]
    return None


def same_unit(entry: Entry, unit: str, other: str) -> bool:
    """True where two units convert alike, or `unit` only says more than `other` (mg/L FEU)."""
    if other != "%" and _letters(unit).startswith(_letters(other)):
        return True
    found = conversions(entry)
    scales = [
        next((found[name] for name in found if normal_unit(name) == normal_unit(word)), None)
        for word in (unit, other)
    ]
    return scales[0] is not None and scales[0] == scales[1]


def normal_unit(unit: str) -> str:
    """A unit without the differences of spelling that mean nothing (case, spaces, µ or u)."""
    text = re.sub(r"\s+", "", unit.translate(_SIGNS)).casefold()
    return re.sub(r"^x(?=10)", "", text)


def _words(text: str) -> list[str]:
    plain = re.sub(r"(?<![a-z])x(?=\s*10)", "", text.translate(_SIGNS).casefold())
    return re.findall(r"[a-z]+|[0-9]+|%", plain)


def _letters(unit: str) -> str:
    return "".join(word for word in _words(unit) if word != "per")


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
