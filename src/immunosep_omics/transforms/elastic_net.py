"""A sparse logistic model for two or more classes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.transforms.block import Block

PENALTIES = np.geomspace(1.0, 0.01, 8)
"""Strengths tried, as shares of the least penalty that leaves no feature in the model."""


@dataclass(frozen=True)
class ElasticNetModel:
    """Coefficients (features x classes; one column for two classes) and intercepts."""

    classes: tuple[str, ...]
    coefficients: pd.DataFrame
    intercepts: np.ndarray

    def probabilities(self, block: Block) -> pd.DataFrame:
        """Probability of each class (samples x classes); values must not be missing."""
        values = block.values[self.coefficients.index].to_numpy(dtype=float)
        score = values @ self.coefficients.to_numpy() + self.intercepts
        if score.shape[1] == 1:
            score = np.hstack([np.zeros_like(score), score])
        score -= score.max(axis=1, keepdims=True)
        weight = np.exp(score)
        return pd.DataFrame(
            weight / weight.sum(axis=1, keepdims=True),
            index=block.values.index,
            columns=list(self.classes),
        )

    @property
    def chosen(self) -> pd.Index:
        """Features with a coefficient that is not zero."""
        return self.coefficients.index[(self.coefficients != 0).any(axis=1)]


def fit_elastic_net(
    block: Block, classes: pd.Series, penalty: float, mixing: float
) -> ElasticNetModel:
    """Fit by coordinate-wise gradient steps (scikit-learn's SAGA; Defazio 2014).

    `penalty` is a share of the least penalty that leaves no feature in (Friedman 2010), so that
    it means the same for every sample size; `mixing` is the L1 share. Deterministic.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    values = block.values.to_numpy(dtype=float)
    labels = classes.to_numpy(dtype=str)
    strength = penalty * _least_empty_penalty(values, labels, mixing)
    model: Any = LogisticRegression(
        solver="saga",
        l1_ratio=mixing,
        C=1.0 / (len(labels) * strength),
        max_iter=300,
        tol=1e-3,
        random_state=0,
    )
    with warnings.catch_warnings():
        # A path point that has not quite settled is as good a candidate for tuning as any.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(values, labels)
    columns = ["coefficient"] if len(model.classes_) == 2 else list(model.classes_)
    return ElasticNetModel(
        classes=tuple(str(label) for label in model.classes_),
        coefficients=pd.DataFrame(model.coef_.T, index=block.values.columns, columns=columns),
        intercepts=model.intercept_,
    )


def _least_empty_penalty(values: np.ndarray, labels: np.ndarray, mixing: float) -> float:
    """The penalty at which the first feature enters: the largest gradient at the null model."""
    membership = labels[:, None] == np.unique(labels)
    residual = membership - membership.mean(axis=0)
    gradient = np.abs(values.T @ residual).max() / len(labels)
    return float(gradient / mixing)
