"""Classes planted in three omics that resemble ovarian cancers: who finds them?

    python bench/intersim.py FOLDER_OF_SHARED_DATA [--replicates 100] [--workers 1]

The generator of InterSIM (Chalise et al. 2016, doi:10.1016/j.cmpb.2016.02.011), written anew from
its description; the moments are read from the shared data. 200 samples in three classes (0.45,
0.20, 0.35) that differ by ``delta`` in one CpG site of five, in the genes that these map to, and in
the proteins of those genes. One configuration, the defaults of the settings, for every set of data.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import integrations
import numpy as np
import pandas as pd
from harness import write_results
from numpy.typing import NDArray
from scipy.stats import t
from sklearn.metrics import adjusted_rand_score

Array = NDArray[np.float64]

SAMPLES = 200
SHARES = (0.45, 0.20, 0.35)
DELTAS = (0.30, 0.35, 0.40)
TOUCHED = 0.2
LACKING = 0.4


@dataclass(frozen=True)
class Moments:
    """Means and roots of covariances (features, features) of the three omics, and their maps."""

    means: tuple[Array, Array, Array]
    roots: tuple[Array, Array, Array]
    gene_of_site: NDArray[np.str_]
    genes: NDArray[np.str_]
    gene_of_protein: NDArray[np.str_]


def read_moments(folder: Path) -> Moments:
    """The parameter tables."""

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(folder / f"{name}.tsv.gz", sep="\t", index_col=0)

    def vector(name: str) -> Array:
        return table(name)["v"].to_numpy()

    def root(name: str) -> Array:
        values, vectors = np.linalg.eigh(table(name).to_numpy())
        return vectors * np.sqrt(np.maximum(values, 0.0))

    def linked(correlation: str, above: str, own: str) -> Array:
        rho = vector(correlation)
        return rho * vector(above) + np.sqrt(1 - np.square(rho)) * vector(own)

    sites = table("CpG_gene_map").set_index("tmp.cg")["tmp.gene"]
    return Moments(
        means=(
            vector("mean_M"),
            linked("rho_methyl_expr", "methyl_gene_level_mean", "mean_expr"),
            linked("rho_expr_protein", "mean_expr_with_mapped_protein", "mean_protein"),
        ),
        roots=(root("cov_M"), root("cov_expr"), root("cov_protein")),
        gene_of_site=sites.reindex(table("cov_M").index).to_numpy(dtype=str),
        genes=table("cov_expr").index.to_numpy(dtype=str),
        gene_of_protein=table("protein_gene_map")["gene"]
        .reindex(table("cov_protein").index)
        .to_numpy(dtype=str),
    )


def draw(
    moments: Moments, delta: float, generator: np.random.Generator
) -> tuple[list[Array], NDArray[np.intp]]:
    """Methylation (beta values), expression and proteins of the samples, and their classes."""
    sizes = np.round(np.array(SHARES) * SAMPLES).astype(int)
    own = np.repeat(np.arange(len(SHARES)), sizes)
    sites = generator.random((len(SHARES), len(moments.gene_of_site))) < TOUCHED
    genes = np.array([np.isin(moments.genes, moments.gene_of_site[one]) for one in sites])
    proteins = np.array([np.isin(moments.gene_of_protein, moments.genes[one]) for one in genes])
    views = [
        mean + delta * touched[own] + generator.standard_normal((SAMPLES, len(root))) @ root.T
        for mean, root, touched in zip(
            moments.means, moments.roots, (sites, genes, proteins), strict=True
        )
    ]
    views[0] = 1.0 / (1.0 + np.exp(-views[0]))
    return views, own


def lacking(views: Sequence[Array], generator: np.random.Generator) -> list[Array]:
    """The same where 40 % of the samples lack one omic each."""
    found = [view.copy() for view in views]
    rows = generator.permutation(SAMPLES)[: round(LACKING * SAMPLES)]
    for row, omic in zip(rows, generator.integers(len(views), size=len(rows)), strict=True):
        found[omic][row] = np.nan
    return found


def replicate(job: tuple[Moments, float, int]) -> dict[str, float]:
    """The adjusted Rand index of each way, and the number of endotypes by evidence."""
    moments, delta, number = job
    generator = np.random.default_rng([number, round(100 * delta)])
    views, truth = draw(moments, delta, generator)
    fewer = lacking(views, generator)
    k = len(SHARES)

    def found(labels: Sequence[object]) -> float:
        return float(adjusted_rand_score(truth, labels))

    def three(some: Sequence[Array], method: str = "mfa") -> float:
        return found(integrations.classes(*integrations.integrated(some, method), k, number))

    evidence = integrations.by_evidence(*integrations.integrated(views), number).endotypes
    return {
        "default": three(views),
        "default_by_evidence": found(evidence["endotype"]),
        "endotypes": evidence["endotype"].nunique(),
        "snf": found(integrations.spectral(views, "snf", k, number)),
        "nemo": found(integrations.spectral(views, "nemo", k, number)),
        "concatenation": three(views, "concatenation"),
        "methylation": three(views[:1]),
        "expression": three(views[1:2]),
        "protein": three(views[2:]),
        "default_lacking": three(fewer),
        "snf_lacking": found(integrations.spectral(fewer, "snf", k, number)),
        "nemo_lacking": found(integrations.spectral(fewer, "nemo", k, number)),
    }


def rows_of(delta: float, runs: pd.DataFrame) -> list[dict[str, object]]:
    """One row per way: its mean, and its difference to SNF's, or to that with all omics."""
    rows = []
    for way in runs.columns.drop("endotypes"):
        versus = way.removesuffix("_lacking") if way.endswith("_lacking") else "snf"
        difference = runs[way] - runs[versus]
        half = t.ppf(0.975, len(runs) - 1) * difference.std() / np.sqrt(len(runs))
        rows.append({
            "delta": f"{delta:.2f}", "replicates": len(runs), "way": way,
            "ari": f"{runs[way].mean():.3f}", "sd": f"{runs[way].std():.3f}", "versus": versus,
            "difference": f"{difference.mean():.3f}", "low": f"{difference.mean() - half:.3f}",
            "high": f"{difference.mean() + half:.3f}",
        })  # fmt: skip
    for k, count in runs["endotypes"].value_counts().sort_index().items():
        rows.append({
            "delta": f"{delta:.2f}", "replicates": len(runs), "way": f"share with {k:.0f} found",
            "ari": f"{count / len(runs):.2f}", "sd": "", "versus": "", "difference": "", "low": "",
            "high": "",
        })  # fmt: skip
    return rows


def main() -> None:
    """Run, say, and write bench/results/intersim.tsv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    moments = read_moments(options.folder / "intersim")
    rows = []
    with Pool(options.workers) as pool:
        for delta in DELTAS:
            jobs = [(moments, delta, number) for number in range(options.replicates)]
            runs = pd.DataFrame(pool.imap(replicate, jobs))
            rows += rows_of(delta, runs)
            print(runs.describe().loc[["mean", "min"]].round(3).T.to_string(), flush=True)
            write_results("intersim", rows)


if __name__ == "__main__":
    main()
