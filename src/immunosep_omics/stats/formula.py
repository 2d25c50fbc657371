"""Formulas of linear models: what they may say. Imports nothing, so that settings can ask."""

from __future__ import annotations

import re

CURVE = re.compile(r"\bns\(\s*([A-Za-z]\w*)\s*,\s*([2-9])\s*\)")
"""A natural cubic spline of a column, with its number of coefficients."""

# The library that reads formulas would evaluate anything else that they hold.
_PART = re.compile(r"\s*([A-Za-z]\w*|[01]\b|[~+\-:*()])")


def columns_of_formula(formula: str) -> list[str]:
    """The columns, each once, of a formula such as `~ 0 + group * age + ns(hours, 3)`.

    Raises ValueError for anything but names, 0 and 1, `~ + - : * ( )` and `ns(column, 2 to 9)`.
    """
    plain = CURVE.sub(lambda match: match[1], formula)
    parts, position = list[str](), 0
    while plain[position:].strip():
        match = _PART.match(plain, position)
        if match is None:
            raise ValueError(f"cannot read '{plain[position:].strip()}'")
        parts.append(match[1])
        position = match.end()
    if parts[:1] != ["~"] or parts.count("~") > 1:
        raise ValueError("it starts with ~, and names after that what explains the values")
    depth = 0
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        depth += (part == "(") - (part == ")")
        ends = part[-1].isalnum() or part == ")"
        starts = following[:1].isalnum() or following == "("
        if part[0].isalpha() and following == "(":
            raise ValueError(f"'{part}(' is no function of formulas; there is ns(column, 2 to 9)")
        if ends and starts:
            raise ValueError(f"a sign is lacking between '{part}' and '{following}'")
        if not ends and not starts and (part, following) != ("~", "-"):
            raise ValueError(f"something is lacking after '{part}'")
        if depth < 0:
            raise ValueError("a parenthesis is closed that was not opened")
    if depth:
        raise ValueError("a parenthesis is not closed")
    columns = [part for part in dict.fromkeys(parts) if part[0].isalpha()]
    if not columns:
        raise ValueError("it names no column")
    return columns
