"""Continuous axes: where each patient lies, beside any classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

MINIMUM_GENES = 5
"""An axis of which fewer genes were measured is not evaluable."""


@dataclass(frozen=True)
class Signature:
    """Genes that are high and genes that are low at the upper end of an axis."""

    up: tuple[str, ...]
    down: tuple[str, ...]


@dataclass(frozen=True)
class Axis:
    """A signature over the genes that were measured, and how factors predict it without them.

    `means` and `deviations` standardise each gene; `signs` are +1 or -1 over the number of genes
    on that side; `coefficients` predict the axis from the factors, `intercept` first.
    """

    means: pd.Series
    deviations: pd.Series
    signs: pd.Series
    intercept: float
    coefficients: np.ndarray

    def apply(self, values: pd.DataFrame, scores: pd.DataFrame) -> pd.Series:
        """The axis of each row of `scores`, in standard deviations of the genes' mean.

        `values`: samples x genes; measured genes are averaged; a sample with fewer than half of
        them gets what its factors predict.
        """
        measured = _signed_mean(values, self).reindex(scores.index)
        predicted = self.intercept + scores.to_numpy(dtype=float) @ self.coefficients
        return measured.fillna(pd.Series(predicted, index=scores.index))


def shipped_signatures() -> dict[str, Signature]:
    """The named axes of `resources/signatures/axes.yaml`, with their sources there."""
    text = (files("immunosep_omics") / "resources/signatures/axes.yaml").read_text("utf-8")
    axes: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(text)["axes"]
    return {name: Signature(tuple(a["up"]), tuple(a["down"])) for name, a in axes.items()}


def genes_measured(values: pd.DataFrame, signature: Signature) -> int:
    """How many genes of a signature a table of samples x genes has."""
    return int(values.columns.isin([*signature.up, *signature.down]).sum())


def fit_axis(values: pd.DataFrame, scores: pd.DataFrame, signature: Signature) -> Axis:
    """Learn an axis from samples x genes, and from their factor scores how to do without.

    The axis is the mean of the standardised `up` genes less that of the `down` genes. Predictions
    for samples without these genes come from least squares on the samples with them.
    """
    present = values.columns.isin([*signature.up, *signature.down])
    deviations = values.loc[:, present].std(axis=0)
    genes = deviations.index[(deviations > 0).to_numpy()]
    up = genes.isin(signature.up)
    signs = np.where(up, 1.0 / max(up.sum(), 1), -1.0 / max((~up).sum(), 1))
    axis = Axis(
        means=values[genes].mean(axis=0),
        deviations=deviations[genes],
        signs=pd.Series(signs, index=genes),
        intercept=0.0,
        coefficients=np.zeros(scores.shape[1]),
    )
    measured = _signed_mean(values, axis).reindex(scores.index).dropna()
    design = np.column_stack([np.ones(len(measured)), scores.loc[measured.index]])
    learned = np.linalg.lstsq(design, measured.to_numpy(dtype=float), rcond=None)[0]
    return Axis(axis.means, axis.deviations, axis.signs, float(learned[0]), learned[1:])


def _signed_mean(values: pd.DataFrame, axis: Axis) -> pd.Series:
    """Signed mean of the standardised genes; missing where fewer than half were measured."""
    standard = (values.reindex(columns=axis.means.index) - axis.means) / axis.deviations
    enough = standard.notna().mean(axis=1) >= 0.5
    return standard.fillna(0.0).mul(axis.signs, axis=1).sum(axis=1).where(enough)
