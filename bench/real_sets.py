"""The real sets of a `shared/data` folder as arrays, for parity with R and for calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

Array = np.ndarray
# Log-scale blood cohorts of the same 74 genes.
BLOOD = ("GSE54514", "GSE57065", "GSE95233", "GSE110487")


@dataclass(frozen=True)
class RealSet:
    """Values (samples, features), a design whose second column is the group, and blocks."""

    name: str
    values: Array
    design: Array
    block: Array


def real_sets(data: Path) -> dict[str, RealSet]:
    """Counts, an array, Olink, proteins of mass spectrometry, repeated samples."""

    def table(name: str, separator: str = ",") -> pd.DataFrame:
        return pd.read_csv(data / name, index_col=0, sep=separator)

    hiv = table("tb_counts/TB_hiv_counts_genes_x_samples.csv.gz").T
    hiv_disease = table("tb_counts/TB_hiv_samples.csv.gz")["Disease"].reindex(hiv.index)
    indian = table("tb_counts/TB_indian_counts_genes_x_samples.csv.gz").T
    indian_label = table("tb_counts/TB_indian_samples.csv.gz")["label"].to_numpy()
    array = np.log2(table("gse13015/expression_genes_x_samples.csv.gz").T)
    people = table("gse13015/samples.csv.gz").reindex(array.index)
    age = people["Age"].str.extract(r"(\d+)")[0].astype(float)
    known = age.notna().to_numpy()
    olink, olink_people = table("olink_covid/mhh.csv.gz"), table("olink_covid/annot.mhh.csv.gz")
    proteins = table("overmyer_covid/2020-06-10_proteomics.tsv.gz", "\t").dropna(subset=["COVID"])
    columns = list(proteins.columns[: list(proteins.columns).index("Sample_label")])
    covid = proteins["COVID"] == proteins["COVID"].iloc[0]
    log = proteins[columns].to_numpy(dtype=float)
    gaps = np.where(np.random.default_rng(1).random(log.shape) < 0.3, np.nan, log)
    repeated = table("gisby_covid_rnaseq/wave1_logcpm_genes_x_samples.csv.gz").T
    names = repeated.index.to_series()
    patient = pd.factorize(names.str.split("_").str[0])[0]
    case = names.str.contains("positive")
    lfq, disease = _label_free(data / "formats/maxquant")
    made = [
        _set("TB_hiv counts", hiv.loc[:, hiv.sum() > 0], [hiv_disease != hiv_disease.iloc[0]]),
        _set("TB_indian counts", indian, [indian_label]),
        _set("GSE13015 array", array[known], [people["Group_test"][known] == "Sepsis", age[known]]),
        _set("Olink (MHH)", olink, [olink_people["condition"] == "postcovid", olink_people["age"]]),
        _set("Overmyer proteins, 30 % missing", pd.DataFrame(gaps), [covid]),
        _set("MaxQuant plasma, as measured", lfq, [disease]),
        _set("Overmyer proteins", pd.DataFrame(log), [covid]),
        _set("Gisby repeated samples", repeated, [case], patient),
    ]
    return {one.name: one for one in made}


def blood_cohorts(data: Path) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Values (samples x 74 genes) of each cohort, and what is known of the samples."""
    known = pd.read_csv(data / "srep_cohorts/samples.csv").set_index("sample_id")
    values = {}
    for name in BLOOD:
        path = data / f"srep_cohorts/{name}_expr_genes_x_samples.csv.gz"
        values[name] = pd.read_csv(path, index_col=0).T
    return values, known


def _set(
    name: str, values: pd.DataFrame, columns: Sequence[object], block: Array | None = None
) -> RealSet:
    """Features that are the same in every sample are left out: all they say is rounding."""
    matrix = values.to_numpy(dtype=float)
    varies = np.nanmax(matrix, axis=0) > np.nanmin(matrix, axis=0)
    design = np.column_stack([np.ones(len(matrix)), *(np.asarray(c, dtype=float) for c in columns)])
    own = np.arange(len(matrix)) if block is None else block
    return RealSet(name, np.ascontiguousarray(matrix[:, varies]), design, own)


def _label_free(folder: Path) -> tuple[pd.DataFrame, Array]:
    """log2 LFQ intensities with their own gaps, of proteins seen in at least half the samples."""
    groups = pd.read_csv(
        folder / "alphastats_example_proteinGroups.txt", sep="\t", low_memory=False
    )
    samples = [column for column in groups if column.startswith("LFQ intensity ")]
    values = groups[samples].T
    values = np.log2(values.where(values > 0))
    values = values.loc[:, values.notna().mean() >= 0.5]
    sheet = pd.read_excel(folder / "alphastats_example_metadata.xlsx").set_index("sample")
    disease = sheet["disease"].reindex([name.removeprefix("LFQ intensity ") for name in samples])
    return values, (disease != "healthy").to_numpy()
