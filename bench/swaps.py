"""Planted swaps of RNA and proteins: what is named, and what could be at best.

    python bench/swaps.py [TRIALS] [SEEDS ...]

The cohorts `athens` (about 190 proteins) and `nijmegen` (30) of the world `separated` are drawn
once with `PEOPLE` patients. Each trial takes as many as the cohort has, and exchanges the proteins
of two of them; another trial exchanges none. Two judges know what no cohort of that size can tell:
each learns the law of RNA and proteins from `PEOPLE` less those of the trials, and gives every
exchange of two patients its likelihood ratio under a normal law,

- `own genes`: from the correlations of all genes that both assays have, within and between assays;
- `all RNA`: from the best linear prediction of each protein by its own gene and by the RNA's 60
  leading components, with the correlations of what is left.

A judge speaks where its largest ratio exceeds what 2 % of the trials without a swap reach. Neither
knows what to make of missing values, of which `athens` has a third: there they are not asked.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from immunosep_omics.ingest.quality.profiles import logged
from immunosep_omics.ingest.quality.swaps import mixed_up
from immunosep_omics.simulate import load_world
from immunosep_omics.simulate.biology import draw_biology
from immunosep_omics.simulate.study import SimulatedCohort, draw_cohort
from immunosep_omics.stats.ranks import average_ranks

PEOPLE = 3000
KEPT_APART = 500
COMPONENTS = 60
FALSE_ALARMS = 0.02
SCALES = {"featurecounts": "counts", "count_matrix": "counts", "maxquant": "linear", "olink": "npx"}
COHORTS = {"athens": "proteome", "nijmegen": "olink"}


def by_gene(cohort: SimulatedCohort, assay: str) -> pd.DataFrame:
    """Values of one assay on a log scale; samples x genes."""
    data = cohort.assays[assay]
    values = data.values.copy()
    values.columns = data.features.loc[values.columns, "gene"].to_numpy()
    values = values.loc[:, ~values.columns.duplicated()]
    x = logged(values.to_numpy(dtype=float), SCALES[data.platform])
    return pd.DataFrame(x, index=values.index, columns=values.columns)


def population(seed: int, name: str) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """RNA and proteins of many patients of one cohort, and how many the cohort has in truth."""
    world = load_world("separated")
    size = world.cohorts[name].patients
    plan = world.cohorts[name].model_copy(update={"patients": PEOPLE})
    world = world.model_copy(update={"cohorts": {**world.cohorts, name: plan}})
    cohort = draw_cohort(world, seed, name, draw_biology(world, seed))
    rna, proteins = by_gene(cohort, "rna"), by_gene(cohort, COHORTS[name])
    both = rna.index.intersection(proteins.index)
    measured = round(size * len(both) / PEOPLE)
    return rna.loc[both], proteins.loc[both], measured


def normal_scores(table: pd.DataFrame) -> np.ndarray:
    """Normal scores of each feature's ranks; 0 where missing."""
    from scipy.special import ndtri

    ranks = average_ranks(table.to_numpy().T).T
    count = np.maximum(np.isfinite(ranks).sum(axis=0), 1)
    return np.asarray(ndtri(np.where(np.isfinite(ranks), (ranks - 0.5) / count, 0.5)))


class Judge:
    """Likelihood ratios of exchanges: `left` of each person predicts the proteins, and how well."""

    def __init__(self, left: np.ndarray, y: np.ndarray, known: np.ndarray) -> None:
        ridge = 0.01 * len(known) * np.eye(left.shape[1])
        weights = np.linalg.solve(left[known].T @ left[known] + ridge, left[known].T @ y[known])
        self.predicted, self.y = left @ weights, y
        rest = y[known] - self.predicted[known]
        self.precision = np.linalg.inv(rest.T @ rest / len(known) + 0.01 * np.eye(y.shape[1]))

    def largest(self, people: np.ndarray, proteins_of: np.ndarray) -> tuple[float, set[int]]:
        """The exchange of greatest log-likelihood ratio, and its two persons (places)."""
        fit = self.predicted[people] @ self.precision @ self.y[proteins_of].T
        own = np.diag(fit)
        gain = fit + fit.T - own[:, None] - own[None, :]
        np.fill_diagonal(gain, -np.inf)
        one, other = np.unravel_index(int(np.argmax(gain)), gain.shape)
        return float(gain[one, other]), {int(one), int(other)}


def judges(rna: pd.DataFrame, proteins: pd.DataFrame, known: np.ndarray) -> dict[str, Judge]:
    """Both judges, taught by the people `known`."""
    genes = rna.columns.intersection(proteins.columns)
    x, y = normal_scores(rna), normal_scores(proteins)
    own = x[:, rna.columns.get_indexer(genes)]
    own_y = y[:, proteins.columns.get_indexer(genes)]
    _, _, v = np.linalg.svd(x[known], full_matrices=False)
    components = x @ v[:COMPONENTS].T
    components /= components[known].std(axis=0)
    return {
        "own genes": Judge(own, own_y, known),
        "all RNA": Judge(np.hstack([own, components]), y, known),
    }


def trials(seed: int, name: str, count: int) -> dict[str, list[float]]:
    """Named swaps, groups of others that were named, and the judges' ratios."""
    rna, proteins, size = population(seed, name)
    rng = np.random.default_rng([seed, 3])
    people = rng.permutation(len(rna))
    pool, known = people[:KEPT_APART], people[KEPT_APART:]
    complete = not np.isnan(proteins.to_numpy()).any()
    taught = judges(rna, proteins, known) if complete else {}
    found: dict[str, list[float]] = {"named": [], "false": []}
    for _ in range(count):
        chosen = rng.choice(pool, size, replace=False)
        swapped = rng.choice(size, 2, replace=False)
        order = np.arange(size)
        order[swapped] = swapped[::-1]
        for planted, proteins_of in ((False, chosen), (True, chosen[order])):
            second = proteins.iloc[proteins_of].set_axis(rna.index[chosen])
            groups = mixed_up(rna.iloc[chosen], second) or []
            if planted:
                found["named"].append(any(set(g.rows) == set(swapped) for g in groups))
            else:
                found["false"].append(bool(groups))
            for judge, known_law in taught.items():
                value, pair = known_law.largest(chosen, proteins_of)
                right = not planted or pair == set(swapped)
                found.setdefault(f"{judge}, {planted}", []).append(value if right else -np.inf)
    return found


def main(count: int, seeds: list[int]) -> None:
    """Print shares over all trials."""
    print("cohort\ttrials\tnamed\tfalse_alarms\towns_bound\tall_bound")
    for name in COHORTS:
        found: dict[str, list[float]] = {}
        for seed in seeds:
            for key, values in trials(seed, name, count).items():
                found.setdefault(key, []).extend(values)
        row = [name, len(found["named"]), np.mean(found["named"]), np.mean(found["false"])]
        for judge in [key.split(",")[0] for key in found if key.endswith("False")]:
            limit = np.quantile(found[f"{judge}, False"], 1 - FALSE_ALARMS)
            row.append(np.mean(np.array(found[f"{judge}, True"]) > limit))
        print("\t".join(f"{x:.3f}" if isinstance(x, float) else str(x) for x in row), flush=True)


if __name__ == "__main__":
    stated = [int(word) for word in sys.argv[1:]]
    main(stated[0] if stated else 20, stated[1:] or list(range(101, 121)))
