"""Contrasts written as combinations of named coefficients."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from immunosep_omics.stats.arrays import Float

# A number, a name (in backticks where it holds other signs), or a sign. Names are those of
# columns, of their levels in brackets, and of products: `dose`, `group[ill]`, `group[ill]:dose`.
_PART = r"[^\W\d][\w.]*(?:\[[^\]]*\])?"
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|`(?P<quoted>[^`]+)`"
    rf"|(?P<name>{_PART}(?::{_PART})*)|(?P<sign>[-+*/()]))"
)


def contrast_matrix(combinations: Mapping[str, str], coefficients: Sequence[str]) -> Float:
    """Contrasts (coefficients, combinations), as ``fit_linear`` takes them.

    ``combinations``: what is to be estimated, by name, such as ``"(septic + shock) / 2 - well"``.
    Numbers, ``+ - * /`` and parentheses; a coefficient whose name holds other signs stands in
    backticks. Raises ValueError that names the combination and what is wrong with it.
    As ``limma::makeContrasts``, but nothing is evaluated.
    """
    columns = []
    for name, text in combinations.items():
        try:
            columns.append(_Combination(text, coefficients).read())
        except ValueError as error:
            raise ValueError(f"contrast {name!r} ({text}): {error}") from None
    return np.array(columns).reshape(len(columns), len(coefficients)).T


class _Combination:
    """Reads one combination; a value is a vector of coefficients with the constant behind it."""

    def __init__(self, text: str, coefficients: Sequence[str]) -> None:
        self._names = list(coefficients)
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise ValueError(f"cannot read {text[position:].strip()!r}")
            self._tokens.append((str(match.lastgroup), str(match[str(match.lastgroup)])))
            position = match.end()

    def read(self) -> Float:
        value = self._sum()
        if self._tokens:
            raise ValueError(f"{self._tokens[0][1]!r} is out of place")
        if value[-1] != 0:
            raise ValueError("a number stands alone: a contrast has none")
        if not value.any():
            raise ValueError("it is zero whatever the coefficients are")
        return value[:-1]

    def _sum(self) -> Float:
        value = self._product()
        while sign := self._take("+-"):
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self) -> Float:
        value = self._factor()
        while sign := self._take("*/"):
            other = self._factor()
            if sign == "*" and not value[:-1].any():
                value, other = other, value
            if other[:-1].any():
                raise ValueError("coefficients may only be multiplied or divided by numbers")
            if sign == "/" and other[-1] == 0:
                raise ValueError("divides by 0")
            value = value * other[-1] if sign == "*" else value / other[-1]
        return value

    def _factor(self) -> Float:
        if self._take("-"):
            return -self._factor()
        if self._take("+"):
            return self._factor()
        if self._take("("):
            value = self._sum()
            if not self._take(")"):
                raise ValueError("a parenthesis is not closed")
            return value
        if not self._tokens:
            raise ValueError("it ends too early")
        kind, text = self._tokens.pop(0)
        value = np.zeros(len(self._names) + 1)
        if kind == "number":
            value[-1] = float(text)
        elif kind == "sign":
            raise ValueError(f"{text!r} is out of place")
        elif self._names.count(text) != 1:
            known = ", ".join(self._names)
            raise ValueError(f"no single coefficient is named {text!r}; there are {known}")
        else:
            value[self._names.index(text)] = 1.0
        return value

    def _take(self, signs: str) -> str:
        """The next token when it is one of these signs, else nothing."""
        if self._tokens and self._tokens[0][0] == "sign" and self._tokens[0][1] in signs:
            return self._tokens.pop(0)[1]
        return ""
