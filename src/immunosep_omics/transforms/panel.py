"""A panel with all that it learns: harmonisation, selection, imputation, penalty, coefficients.

Everything here is fitted on the training samples of a fold and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.transforms.block import Block, Chain, Fit, Fitted, fit_chain
from immunosep_omics.transforms.elastic_net import PENALTIES, ElasticNetModel, fit_elastic_net
from immunosep_omics.transforms.harmonise import harmoniser
from immunosep_omics.transforms.impute_censored import ImputeCensored, fit_impute_censored
from immunosep_omics.transforms.impute_mean import ImputeMean, fit_impute_mean
from immunosep_omics.transforms.select_strongest import fit_select_strongest
from immunosep_omics.transforms.standardise import fit_standardise

INNER_FOLDS = 4

IMPUTERS: dict[str, Fit] = {"mean": fit_impute_mean, "censored": fit_impute_censored}
"""Ways to fill gaps, which the model cannot take, by the word in the configuration."""


@dataclass(frozen=True)
class PanelRecipe:
    """What a panel is made with: choices only, nothing learned."""

    harmonise: Mapping[str, Any]
    candidates: int
    mixing: float
    impute: str = "mean"


@dataclass(frozen=True)
class Panel:
    """A fitted panel; applying it uses the block and what was learned, nothing more."""

    preparation: Chain
    imputation: ImputeMean | ImputeCensored
    model: ElasticNetModel
    penalty: float

    def probabilities(self, block: Block) -> pd.DataFrame:
        """Probability of each class (samples x classes)."""
        return self.model.probabilities(self.imputation.apply(self.preparation.apply(block)))

    def imputed(self, block: Block) -> pd.DataFrame:
        """Cells that the chosen features lacked: `key` (sample), `feature`, `way` of filling it."""
        ways = self.imputation.ways(self.preparation.apply(block))[self.model.chosen]
        rows, columns = np.nonzero(ways.to_numpy(dtype=str) != "")
        return pd.DataFrame(
            {
                "key": ways.index[rows],
                "feature": ways.columns[columns],
                "way": ways.to_numpy(dtype=str)[rows, columns],
            }
        )


@dataclass(frozen=True)
class HarmoniseEach:
    """One fitted harmonisation per assay; columns are named `assay:gene`."""

    by_assay: dict[str, Fitted]

    def apply(self, block: Block) -> Block:
        """All assays harmonised, side by side."""
        parts = []
        for assay, step in self.by_assay.items():
            part, measured = _measured(block, assay)
            # What a cohort without the assay does not tell, such as its controls, is not asked.
            found = step.apply(part).values if measured.any() else part.values
            parts.append(found.reindex(block.values.index))
        return block.with_values(pd.concat(parts, axis=1))


def fit_harmonise_each(block: Block, harmonise: Mapping[str, Any]) -> HarmoniseEach:
    """Harmonise every assay over the cohorts, on the samples that have it."""
    assays = dict.fromkeys(name.split(":", 1)[0] for name in block.values.columns)
    fitted = {}
    for assay in assays:
        fitted[assay] = harmoniser(harmonise)(_measured(block, assay)[0])
    return HarmoniseEach(fitted)


def fit_panel(
    block: Block, classes: pd.Series, recipe: PanelRecipe, generator: np.random.Generator
) -> Panel:
    """Fit a panel, its penalty tuned by cross-validation in which every step is refitted.

    `block`: samples with `cohort` and `patient`; `classes`: of the samples that teach. Further
    samples (healthy controls) only help to harmonise. The penalty is the
    sparsest whose inner loss is within one standard error of the least (Breiman 1984).
    """
    losses = []
    helpers = ~block.samples.index.isin(classes.index)
    for train, test in _inner_folds(block.samples.loc[classes.index], classes, generator):
        chosen = helpers | block.samples.index.isin(train)
        preparation, imputation, ready = _prepare(block.rows(chosen), classes[train], recipe)
        held_out = imputation.apply(preparation.apply(block.rows(test)))
        losses.append(
            [
                _log_loss(
                    fit_elastic_net(ready, classes[train], penalty, recipe.mixing).probabilities(
                        held_out
                    ),
                    classes[test],
                )
                for penalty in PENALTIES
            ]
        )
    penalty = float(PENALTIES[_one_standard_error(np.array(losses))])
    preparation, imputation, ready = _prepare(block, classes, recipe)
    model = fit_elastic_net(ready, classes, penalty, recipe.mixing)
    return Panel(preparation, imputation, model, penalty)


def _measured(block: Block, assay: str) -> tuple[Block, pd.Series]:
    """An assay's features of the samples that have it, and which of all samples these are."""
    chosen = [name for name in block.values.columns if name.split(":", 1)[0] == assay]
    values = block.values[chosen]
    measured = values.notna().any(axis=1)
    return block.with_values(values).rows(measured), measured


def _prepare(block: Block, classes: pd.Series, recipe: PanelRecipe) -> tuple[Chain, Any, Block]:
    """Fit each step before the model; all samples harmonise, those with a class do the rest."""
    harmonised = fit_harmonise_each(block, recipe.harmonise)
    chain, ready = fit_chain(
        [
            lambda b: fit_select_strongest(b, classes, recipe.candidates),
            fit_standardise,
        ],
        harmonised.apply(block).rows(classes.index),
    )
    imputation = IMPUTERS[recipe.impute](ready)
    return Chain((harmonised, *chain.steps)), imputation, imputation.apply(ready)


def _inner_folds(
    samples: pd.DataFrame, classes: pd.Series, generator: np.random.Generator
) -> Iterator[tuple[pd.Index, pd.Index]]:
    """Folds of patients, with the classes spread evenly; a patient is never on both sides."""
    patient = samples["cohort"].astype(str) + "/" + samples["patient"].astype(str)
    first = ~patient.duplicated()
    order = generator.permutation(int(first.sum()))
    shuffled = pd.DataFrame(
        {"patient": patient[first].to_numpy()[order], "label": classes[first].to_numpy()[order]}
    ).sort_values("label", kind="stable")
    fold_of = dict(zip(shuffled["patient"], np.arange(len(shuffled)) % INNER_FOLDS, strict=True))
    fold = patient.map(fold_of)
    for number in range(INNER_FOLDS):
        train, test = samples.index[fold != number], samples.index[fold == number]
        if len(test) and classes[train].nunique() == classes.nunique():
            yield train, test


def _log_loss(probabilities: pd.DataFrame, classes: pd.Series) -> float:
    places = probabilities.columns.get_indexer(classes.astype(str))
    chosen = probabilities.to_numpy()[np.arange(len(classes)), places]
    return float(-np.log(np.clip(chosen, 1e-12, None)).mean())


def _one_standard_error(losses: np.ndarray) -> int:
    """The first (sparsest) penalty within one standard error of the best mean loss."""
    if losses.size == 0:
        return 0
    mean = losses.mean(axis=0)
    best = int(mean.argmin())
    error = losses[:, best].std(ddof=1) / np.sqrt(len(losses)) if len(losses) > 1 else 0.0
    return int(np.flatnonzero(mean <= mean[best] + error)[0])
