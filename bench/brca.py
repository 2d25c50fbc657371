"""Subtypes of breast cancers in three omics, and new patients without one of them.

    python bench/brca.py FOLDER_OF_SHARED_DATA

The 150 training patients of mixOmics' breast.TCGA teach; the 70 test patients, who lack the
proteins, are placed by what is frozen. One configuration, the defaults of the settings, as in
intersim.py. Intervals are percentiles over patients drawn again 2,000 times, classes as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import integrations
import numpy as np
import pandas as pd
from harness import write_results

from immunosep_omics.stats.agreement import adjusted_rand
from immunosep_omics.stats.latent_classes import classify

OMICS = ("mrna", "mirna", "protein")
SUBTYPES = 3
SEED = 1
RESAMPLES = 2000


def row(way: str, labels: np.ndarray, truth: np.ndarray, beside: np.ndarray) -> dict[str, object]:
    """Agreement with the subtypes, and its difference to that of the labels `beside`."""
    generator = np.random.default_rng(SEED)
    drawn = generator.integers(len(truth), size=(RESAMPLES, len(truth)))
    found = np.array([[adjusted_rand(truth[d], one[d]) for one in (labels, beside)] for d in drawn])
    low, high = np.percentile(found[:, 0], (2.5, 97.5))
    below, above = np.percentile(found[:, 0] - found[:, 1], (2.5, 97.5))
    own = adjusted_rand(truth, labels)
    return {
        "way": way, "patients": len(truth), "classes": len(np.unique(labels)), "ari": f"{own:.3f}",
        "low": f"{low:.3f}", "high": f"{high:.3f}",
        "over_snf": f"{own - adjusted_rand(truth, beside):.3f}", "over_snf_low": f"{below:.3f}",
        "over_snf_high": f"{above:.3f}",
    }  # fmt: skip


def main() -> None:
    """Run, say, and write bench/results/brca.tsv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder / "brca_tcga"

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(folder / f"{name}.csv.gz", index_col=0)

    omics = [table(f"train_{omic}") for omic in OMICS]
    views = [omic.to_numpy(dtype=float) for omic in omics]
    truth = pd.read_csv(folder / "train_subtype.csv.gz")["subtype"].to_numpy(dtype=str)
    snf = integrations.spectral(views, "snf", SUBTYPES, SEED)
    fitted = {"default": integrations.integrated(views)}
    fitted |= {
        omic: integrations.integrated([view]) for omic, view in zip(OMICS, views, strict=True)
    }
    fitted["concatenation"] = integrations.integrated(views, "concatenation")
    rows = []
    for way, made in fitted.items():
        rows.append(row(way, integrations.classes(*made, SUBTYPES, SEED), truth, snf))
        evidence = integrations.by_evidence(*made, SEED).endotypes["endotype"].to_numpy(dtype=str)
        rows.append(row(f"{way}, number by evidence", evidence, truth, snf))
    rows.append(row("snf, spectral", snf, truth, snf))
    nemo = integrations.spectral(views, "nemo", SUBTYPES, SEED)
    rows.append(row("nemo, spectral", nemo, truth, snf))

    projection, blocks = fitted["default"]
    model, _ = integrations.fitted_classes(projection, blocks, SUBTYPES, SEED)
    new = [table(f"test_{omic}").reindex(columns=own.columns).to_numpy(dtype=float)
           for omic, own in zip(OMICS[:2], omics, strict=False)]  # fmt: skip
    known = pd.read_csv(folder / "test_subtype.csv.gz")["subtype"].to_numpy(dtype=str)
    lacking = integrations.as_blocks([*new, np.full((len(known), views[2].shape[1]), np.nan)])
    index = lacking["view1"].values.index
    values = projection.components(lacking, index).to_numpy()
    cohort = np.zeros(len(known), dtype=np.intp)
    placed = classify(model, values, cohort).probability.argmax(axis=1)
    new_patients = row("default, new patients without proteins", placed, known, placed)
    rows.append(new_patients | dict.fromkeys(("over_snf", "over_snf_low", "over_snf_high"), ""))
    for made in rows:
        print("\t".join(str(cell) for cell in made.values()))
    write_results("brca", rows)


if __name__ == "__main__":
    main()
