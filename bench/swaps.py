"""How often a planted swap of two samples is named, and could be: python bench/swaps.py [runs].

Two assays of the same samples whose genes are independent, each with a true correlation between the
assays drawn from a normal distribution around 0.3 (standard deviation 0.15), as between blood RNA
and plasma proteins at best. The oracle knows every correlation, and names the exchange of the pair
whose log-likelihood ratio is the greatest if that passes the same odds. No method can name more
swaps at the same false alarms. Prints the share named by each, and false alarms without a swap.
"""

import sys

import numpy as np
import pandas as pd

from immunosep_omics.ingest.quality.swaps import ODDS, mixed_up
from immunosep_omics.stats.streams import stream

SAMPLES = 65


def draw(generator: np.random.Generator, genes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both assays (samples, genes), and the genes' correlations."""
    r = np.clip(generator.normal(0.3, 0.15, size=genes), -0.2, 0.8)
    x = generator.normal(size=(SAMPLES, genes))
    return x, r * x + np.sqrt(1 - r**2) * generator.normal(size=x.shape), r


def oracle(x: np.ndarray, y: np.ndarray, r: np.ndarray) -> set[int]:
    """The pair that the true likelihood would exchange, empty for none."""
    fit = (x * (r / (1 - r**2))) @ y.T
    gain = fit + fit.T - np.diag(fit)[:, None] - np.diag(fit)
    np.fill_diagonal(gain, -np.inf)
    pair = np.unravel_index(int(gain.argmax()), gain.shape)
    return {int(row) for row in pair} if gain[pair] > 2 * np.log(ODDS * SAMPLES) else set()


def named(x: np.ndarray, y: np.ndarray) -> list[set[int]]:
    """The groups that the quality control names."""
    genes = [f"G{number}" for number in range(x.shape[1])]
    found = mixed_up(pd.DataFrame(x, columns=genes), pd.DataFrame(y, columns=genes))
    return [set(group.rows) for group in found or []]


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print("genes\tnamed\toracle\tfalse_alarms\toracle_false_alarms")
    for genes in (12, 30, 60, 120, 190, 400):
        counts = np.zeros(4)
        for run in range(runs):
            generator = stream(run, "bench", "swaps", str(genes))
            x, y, r = draw(generator, genes)
            counts[2:] += bool(named(x, y)), bool(oracle(x, y, r))
            pair = generator.choice(SAMPLES, 2, replace=False)
            y[pair] = y[pair[::-1]]
            counts[:2] += set(pair) in named(x, y), oracle(x, y, r) == set(pair)
        print(f"{genes}\t" + "\t".join(f"{count / runs:.3f}" for count in counts))
