"""Parity with limma on the real data: python bench/linear_parity.py FOLDER_OF_SHARED_DATA.

Writes the largest relative difference of every column to bench/results/linear_parity.tsv. Features
that are the same in every sample (at an array's floor) are left out: all they say is rounding.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.stats.linear import LinearFit, ModeratedFit, fit_linear, moderate
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.testing import benjamini_hochberg
from immunosep_omics.stats.voom import voom

HERE = Path(__file__).parent
Array = np.ndarray
Case = tuple[str, str, Array, Array, Array, float]


def cases(data: Path) -> list[Case]:
    """Name, task, values (samples, features), design, blocks and their correlation."""

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(data / name, index_col=0)

    counts = table("tb_counts/TB_hiv_counts_genes_x_samples.csv.gz").T
    disease = table("tb_counts/TB_hiv_samples.csv.gz")["Disease"].reindex(counts.index)
    counts = counts.loc[:, counts.sum() > 0]
    sepsis = np.log2(table("gse13015/expression_genes_x_samples.csv.gz").T)
    people = table("gse13015/samples.csv.gz").reindex(sepsis.index)
    age = people["Age"].str.extract(r"(\d+)")[0].astype(float)
    known = age.notna().to_numpy()
    covid = table("gisby_covid_rnaseq/wave1_logcpm_genes_x_samples.csv.gz").T
    names = covid.index.to_series()
    patient = pd.factorize(names.str.split("_").str[0])[0]
    sepsis_design = two_groups(people["Group_test"] == "Sepsis", age)[known]
    covid_design = two_groups(names.str.contains("positive"))
    log = sepsis.to_numpy()[known]
    gaps = np.where(np.random.default_rng(1).random(log.shape) < 0.3, np.nan, log)
    varies = np.nanmax(gaps, axis=0) > np.nanmin(gaps, axis=0)
    log, gaps = log[:, varies], gaps[:, varies]
    found = repeat_correlation(covid.to_numpy(), covid_design, patient)
    alone = np.arange(3)
    tb_design = two_groups(disease != disease.iloc[0])
    return [
        ("tb_counts TB_hiv", "voom", counts.to_numpy(dtype=float), tb_design, alone, 0.0),
        ("GSE13015", "fit", log, sepsis_design, alone, 0.0),
        ("GSE13015 trend", "trend", log, sepsis_design, alone, 0.0),
        ("GSE13015 30 % missing", "fit", gaps, sepsis_design, alone, 0.0),
        ("Gisby", "repeats", covid.to_numpy(), covid_design, patient, found.correlation),
    ]


def two_groups(group: pd.Series, *covariates: pd.Series) -> Array:
    """Level, group and covariates as they are."""
    return np.column_stack([np.ones(len(group)), group.astype(float), *covariates])


def answer(
    task: str, values: Array, design: Array, block: Array, correlation: float
) -> tuple[LinearFit, ModeratedFit]:
    """What the package says."""
    if task == "voom":
        seen = voom(values, design)
        fit = fit_linear(seen.log_cpm, design, seen.weights)
    elif task == "repeats":
        fit = fit_linear(values, design, repeats=Repeats(block, correlation))
    else:
        fit = fit_linear(values, design)
    return fit, moderate(fit, np.nanmean(values, axis=0) if task == "trend" else None)


def main() -> None:
    """Compare all cases."""
    fields = ("coefficient", "t", "p", "fdr", "df_prior")
    lines = ["\t".join(["data", "task", "samples", "features", *fields])]
    for name, task, values, design, block, correlation in cases(Path(sys.argv[1])):
        fit, moderated = answer(task, values, design, block, correlation)
        own = {
            "coefficient": fit.coefficients,
            "t": moderated.t,
            "p": moderated.p,
            "fdr": benjamini_hochberg(moderated.p),
            "df_prior": np.full((1, values.shape[1]), moderated.df_prior),
        }
        cells = [name, task, *map(str, values.shape)]
        with tempfile.TemporaryDirectory() as folder:
            given = {"values": values, "design": design, "block": block, "correlation": correlation}
            for part, array in given.items():
                np.asarray(array, dtype=float).tofile(Path(folder) / part)
            sizes = [str(values.shape[1]), str(design.shape[1])]
            subprocess.run(["Rscript", HERE / "linear_parity.R", folder, task, *sizes], check=True)
            for field in fields:
                theirs = np.fromfile(Path(folder) / field)
                ours = own[field].ravel()[: len(theirs)]
                cells.append(f"{np.nanmax(np.abs(ours / theirs - 1)):.1e}")
        lines.append("\t".join(cells))
        print(lines[-1], flush=True)
    results = HERE / "results" / "linear_parity.tsv"
    results.parent.mkdir(exist_ok=True)
    results.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
