"""From a question about clinical columns to a design: what a linear model estimates and tests.

The check before a run and the analysis itself ask here, so that the first foretells the second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.clinical.groups import are_groups, level_names, population, two_groups
from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.contrasts import contrast_matrix
from immunosep_omics.stats.formula import CURVE, columns_of_formula
from immunosep_omics.stats.minimum import PER_SIDE
from immunosep_omics.stats.natural_spline import natural_spline, natural_spline_knots

REST, EACH, ANY = "rest", "each", "any"
"""What `versus` and `level` may say in place of a level."""

INTERCEPT = "Intercept"

# Share below which a coefficient's direction is rounding.
_ROUNDING = 1e-9

_NO_WORD = re.compile(r"\W+")


@dataclass(frozen=True)
class Design:
    """A model and what is asked of it.

    `columns`: samples x coefficients, NaN where a sample's value is not known. `contrasts`:
    (coefficients, questions); several questions are tested together, by one F-test. `groups`:
    `level` or `versus` of each sample, where two groups are compared. `optional`: for each
    clinical column that is only adjusted for, its coefficients; a cohort without the column goes
    without them. `inside`: samples of the population that it asks about.
    """

    columns: pd.DataFrame
    contrasts: Float
    inside: pd.Series
    groups: pd.Series | None = None
    optional: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def asked(self) -> list[str]:
        """The coefficients that the questions combine."""
        return list(self.columns.columns[self.contrasts.any(axis=1)])

    @property
    def joint(self) -> bool:
        """True where several questions are asked together."""
        return self.contrasts.shape[1] > 1

    def of(self, rows: pd.Index) -> tuple[Design, list[str]]:
        """The design of these samples, and the optional columns that none of them has."""
        columns, groups = self.columns.loc[rows], self.groups
        lacking = [n for n, own in self.optional.items() if columns[list(own)].isna().all(None)]
        kept = ~columns.columns.isin([column for name in lacking for column in self.optional[name]])
        found = Design(
            columns.loc[:, kept],
            self.contrasts[kept],
            self.inside[rows],
            None if groups is None else groups[rows],
            {name: own for name, own in self.optional.items() if name not in lacking},
        )
        return found, lacking

    def adding(self, name: str, column: pd.Series) -> Design:
        """The design with one more numeric column to adjust for, in standard deviations."""
        added = self.columns.assign(**{name: _standardised(column)})
        contrasts = np.vstack([self.contrasts, np.zeros((1, self.contrasts.shape[1]))])
        return replace(
            self, columns=added, contrasts=contrasts, optional={**self.optional, name: [name]}
        )

    def why_not(self) -> str:
        """Why its samples (those of known columns) cannot answer; nothing where they can."""
        known = self.columns[self.columns.notna().all(axis=1)]
        if self.groups is not None:
            sides = self.groups[known.index].value_counts()
            level, versus = (int(sides.get(side, 0)) for side in ("level", "versus"))
            if not level + versus:
                return "no sample is in either group"
            if min(level, versus) < PER_SIDE:
                return f"{level} against {versus} samples are too few"
        if len(known) == 0:
            return "no sample has all that is asked about"
        if not self.told().shape[1]:
            if not self.optional:
                return "the samples cannot tell it apart from the rest of the model"
            fixed = "the groups are" if self.groups is not None else "what is asked about is"
            return f"{fixed} fixed by {', '.join(self.optional)}, which is adjusted for"
        if len(known) <= np.linalg.matrix_rank(known.to_numpy(dtype=float)) + 1:
            return "more coefficients than samples allow"
        return ""

    def told(self) -> Float:
        """The part of the questions that samples of known columns tell: (coefficients, fewer).

        Of several that are asked together, those that remain where a cohort lacks a level.
        """
        matrix = self.columns[self.columns.notna().all(axis=1)].to_numpy(dtype=float)
        length = np.linalg.norm(matrix, axis=0)
        length[length == 0] = 1.0
        spread, axes = np.linalg.svd(matrix / length, full_matrices=False)[1:]
        axes = axes[spread > spread.max(initial=0.0) * _ROUNDING]
        asked = self.contrasts / length[:, None]
        asked /= np.linalg.norm(asked, axis=0)
        untold = asked - axes.T @ (axes @ asked)
        left, turn = np.linalg.svd(untold)[1:]
        kept = np.r_[left, np.zeros(len(turn) - len(left))] < _ROUNDING
        told: Float = asked @ turn[kept].T * length[:, None]
        return self.contrasts if kept.all() else told


def designs(clinical: pd.DataFrame, name: str, stated: Mapping[str, Any]) -> dict[str, Design]:
    """The designs of a contrast, by question: several where it asks about `each` level.

    `clinical`: one row per sample of all cohorts, so that levels and curves are the same in each;
    `stated`: as `settings.analysis.Contrast` dumps it. Samples outside of the stated population
    are unknown in every column. Raises ValueError with a reason where the columns cannot answer.
    """
    inside = population(clinical, stated["population"])
    if stated["column"] and stated["column"] not in clinical:
        raise ValueError(f"no cohort has the column '{stated['column']}'")
    if stated["formula"]:
        columns, contrasts = _of_formula(clinical.loc[inside], stated)
        return {name: Design(columns.reindex(clinical.index), contrasts, inside)}
    adjusted, optional = _covariates(clinical.loc[inside], stated["adjust"])
    found = {}
    for label, (tested, groups) in _tested(
        name, clinical.loc[inside, stated["column"]], stated
    ).items():
        intercept = pd.DataFrame({INTERCEPT: 1.0}, index=tested.index)
        columns = pd.concat([intercept, tested, adjusted], axis=1).reindex(clinical.index)
        contrasts = np.zeros((columns.shape[1], tested.shape[1]))
        contrasts[1 : 1 + tested.shape[1]] = np.eye(tested.shape[1])
        sides = None if groups is None else groups.reindex(clinical.index)
        found[label] = Design(columns, contrasts, inside, sides, optional)
    return found


def _tested(
    name: str, column: pd.Series, stated: Mapping[str, Any]
) -> dict[str, tuple[pd.DataFrame, pd.Series | None]]:
    """By question: the coefficients that are tested, and the two groups where there are two."""
    if stated["level"] is None:
        return {name: (_slope(column, stated["curve"]), None)}
    levels = level_names(column)
    known = sorted(levels.dropna().unique())
    for word in (stated["level"], stated["versus"]):
        if word in (REST, EACH, ANY) and word in known:
            raise ValueError(
                f"'{word}' asks about several levels, and is one of '{column.name}': give that"
                " level another name by `codes`"
            )
    if stated["level"] == ANY:
        return {name: (_indicators(levels), None)}
    if stated["level"] != EACH:
        return {name: _two_groups(levels, str(stated["level"]), str(stated["versus"]))}
    if not are_groups(levels):
        raise ValueError(f"hardly two samples share a level of '{column.name}': it has no groups")
    names = {level: f"{name}_{_NO_WORD.sub('_', level).strip('_')}" for level in known}
    if len(set(names.values())) < len(known):
        raise ValueError(
            f"levels of '{column.name}' differ in signs only: give them other names by `codes`"
        )
    return {names[level]: _two_groups(levels, level, REST) for level in known}


def _slope(column: pd.Series, curve: int | None) -> pd.DataFrame:
    """A number's own column, or the columns of a natural cubic spline of it."""
    if not pd.api.types.is_numeric_dtype(column):
        raise ValueError(
            f"'{column.name}' is no number: name a `level` of it, or declare it with `type: number`"
        )
    if curve is None:
        return column.astype(float).to_frame()
    return _spline(column, curve)


def _spline(column: pd.Series, coefficients: int) -> pd.DataFrame:
    if not pd.api.types.is_numeric_dtype(column):
        raise ValueError(f"'{column.name}' is no number, and has no curve")
    known = column.dropna().to_numpy(dtype=float)
    if len(np.unique(known)) <= coefficients + 1:
        raise ValueError(f"'{column.name}' has too few values for a curve")
    knots = natural_spline_knots(known, coefficients + 1)
    basis = natural_spline(column.to_numpy(dtype=float), knots)
    # The first column is constant, which the intercept is already.
    names = [f"{column.name}_curve_{number}" for number in range(1, coefficients + 1)]
    return pd.DataFrame(basis[:, 1:], index=column.index, columns=names)


def _two_groups(column: pd.Series, level: str, versus: str) -> tuple[pd.DataFrame, pd.Series]:
    groups = two_groups(column, level, versus)
    tested = (groups == "level").astype(float).where(groups.notna())
    return tested.to_frame(f"{column.name}[{level}]"), groups


def _indicators(levels: pd.Series) -> pd.DataFrame:
    """One column per level but the first; without any where there is one level only."""
    found = sorted(levels.dropna().unique())
    if len(found) < 2:
        raise ValueError(f"'{levels.name}' has fewer than two levels")
    columns = {
        f"{levels.name}[{level}]": (levels == level).astype(float).where(levels.notna())
        for level in found[1:]
    }
    return pd.DataFrame(columns, index=levels.index)


def _covariates(
    clinical: pd.DataFrame, names: Sequence[str]
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Columns that are adjusted for: numbers in standard deviations, categories as indicators."""
    parts, optional = [pd.DataFrame(index=clinical.index)], {}
    for name in names:
        column = clinical[name] if name in clinical else pd.Series(np.nan, clinical.index)
        if pd.api.types.is_numeric_dtype(column):
            part = _standardised(column).to_frame(name)
        else:
            levels = level_names(column).rename(name)
            alike = levels.nunique() < 2
            part = _known(levels) if alike else _indicators(levels)
        parts.append(part)
        optional[name] = list(part.columns)
    return pd.concat(parts, axis=1), optional


def _known(levels: pd.Series) -> pd.DataFrame:
    """A column that tells samples with a level from those without; 0 for all of the former."""
    return pd.Series(0.0, levels.index, name=levels.name).where(levels.notna()).to_frame()


def _standardised(column: pd.Series) -> pd.Series:
    spread = column.std()
    return (column.astype(float) - column.mean()) / (spread if spread > 0 else 1.0)


def _of_formula(clinical: pd.DataFrame, stated: Mapping[str, Any]) -> tuple[pd.DataFrame, Float]:
    """Coefficients as formulaic names them, and the combinations of them that are estimated."""
    from formulaic import model_matrix

    formula = str(stated["formula"])
    names = columns_of_formula(formula)
    lacking = [column for column in names if column not in clinical]
    if lacking:
        raise ValueError(f"no cohort has {', '.join(lacking)}")
    known = clinical[names].dropna()
    if known.empty:
        raise ValueError(f"no sample has all of {', '.join(names)}")
    data = pd.DataFrame(
        {
            name: column if pd.api.types.is_numeric_dtype(column) else level_names(column)
            for name, column in known.items()
        }
    )
    for name, count in dict.fromkeys(CURVE.findall(formula)):
        data = data.join(_spline(data[name], int(count)))
    plain = CURVE.sub(_curve_terms, formula)
    # An empty context: names are columns and nothing else.
    matrix = pd.DataFrame(model_matrix(plain, data, context={}))
    wanted = [stated["estimate"]] if isinstance(stated["estimate"], str) else stated["estimate"]
    return matrix, contrast_matrix({text: text for text in wanted}, list(matrix.columns))


def _curve_terms(match: re.Match[str]) -> str:
    terms = (f"{match[1]}_curve_{number}" for number in range(1, int(match[2]) + 1))
    return f"({' + '.join(terms)})"
