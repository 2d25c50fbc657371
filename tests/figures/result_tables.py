"""Plausible result tables without running an analysis: the contract of docs/architecture.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.tables import empty_table, write_table

COHORTS = ("athens", "bergen", "cadiz")
HOSTILE = "<script>alert(1)</script>"
ASSAYS = ("rna", "proteins")
DIFFERENTIAL = (
    "contrast", "role", "claim", "gene", "cohort", "n_level", "n_versus", "cohorts", "missing",
    "average", "estimate", "effect", "se", "ci_low", "ci_high", "t", "df", "p", "fdr", "tau2", "i2",
    "consistent", "prediction_low", "prediction_high",
)  # fmt: skip
PANELS = (
    "panel", "statistic", "cohort", "n", "events", "estimate", "ci_low", "ci_high",
    "prediction_low", "prediction_high", "features", "warning",
)  # fmt: skip
STABILITY = (
    "k", "dispersion", "null_mean", "null_sd", "gap", "z", "p", "pac", "delta_area",
    "silhouette", "prediction_strength", "chosen",
)  # fmt: skip
BIOMARKERS = (
    "contrast", "role", "family", "claim", "rank", "assay", "gene", "effect", "ci_low", "ci_high",
    "p", "fdr", "p_family", "cohorts", "consistent", "i2",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """What a made-up analysis looks like."""

    cohorts: Sequence[str] = COHORTS
    assays: Sequence[str] = ASSAYS
    patients: int = 30
    k: int = 3
    genes: int = 60
    factors: int = 4
    contrasts: Sequence[str] = ("death_28d",)
    panel: bool = True
    leiden: bool = True
    gene_name: str = "GENE{}"


def write_analysis(folder: Path, shape: Shape) -> None:
    """All tables of one analysis, with its status tables."""
    random = np.random.default_rng(7)
    samples = _samples(shape, random)
    endotypes = _endotypes(samples, shape, random)
    write_table(samples, folder / "factors.tsv")
    write_table(endotypes, folder / "endotypes.tsv")
    write_table(_shares(shape, random), folder / "shares.tsv")
    write_table(_harmonisation(shape, random), folder / "harmonisation.tsv")
    write_table(_stability(shape, random), folder / "stability.tsv")
    write_table(_consensus(shape), folder / "consensus.tsv")
    write_table(_neighbours(samples, endotypes, shape), folder / "neighbours.tsv")
    for table, variants in {"integrators": ["snf", "single_rna"], "robustness": []}.items():
        write_table(_variants(shape, variants), folder / f"{table}.tsv")
    tables = {assay: _differential(shape, random) for assay in shape.assays}
    for assay, table in tables.items():
        write_table(table, folder / "differential" / f"{assay}.tsv")
    write_table(_biomarkers(tables), folder / "biomarkers.tsv")
    _write_panels(folder, samples, shape, random)
    for stage, rows in _status(shape).items():
        table = pd.DataFrame(rows, columns=["question", "answered", "reason"])
        write_table(table, folder / "status" / f"{stage}.tsv")


HARMONISATION = (
    "assay", "shows", "measure", "about", "samples", "before", "before_low", "before_high",
    "after", "after_low", "after_high",
)  # fmt: skip


def _harmonisation(shape: Shape, random: np.random.Generator) -> pd.DataFrame:
    if len(shape.cohorts) < 2:
        return empty_table(HARMONISATION)
    mixing = [
        ("mixing", name, "cohort") for name in ("variance_share", "silhouette", "kbet", "lisi")
    ]
    kept = [("biology", name, about) for name in ("variance_share", "difference_kept")
            for about in ("sex", *shape.contrasts)]  # fmt: skip
    rows = [
        (assay, *what, 90, *sorted(random.random(3))[:1] * 3, *random.random(1).repeat(3))
        for assay in shape.assays
        for what in [*mixing, *kept, ("biology", "neighbours_kept", "cohort")]
    ]
    return pd.DataFrame(rows, columns=list(HARMONISATION))


def _samples(shape: Shape, random: np.random.Generator) -> pd.DataFrame:
    count = shape.patients * len(shape.cohorts)
    cohort = np.repeat(list(shape.cohorts), shape.patients)
    patient = [f"P{index:03}" for index in range(count)]
    table = pd.DataFrame({"sample": [f"{p}_d1" for p in patient], "patient": patient})
    table["cohort"] = cohort
    last = shape.cohorts[-1]
    table["part"] = [
        "applied" if c == last and len(shape.cohorts) > 1 else "discovery" for c in cohort
    ]
    table["omics"] = [
        "+".join(shape.assays) if index % 3 else shape.assays[0] for index in range(count)
    ]
    centres = random.normal(0, 2.2, (max(shape.k, 1), shape.factors))
    group = np.arange(count) % max(shape.k, 1)
    scores = centres[group] + random.normal(0, 0.8, (count, shape.factors))
    for factor in range(shape.factors):
        table[f"factor_{factor + 1}"] = scores[:, factor]
    return table


def _endotypes(samples: pd.DataFrame, shape: Shape, random: np.random.Generator) -> pd.DataFrame:
    count = len(samples)
    group = np.arange(count) % max(shape.k, 1)
    table = samples[["sample", "patient", "cohort", "part"]].copy()
    table["endotype"] = [f"E{index + 1}" for index in group]
    table["probability"] = np.clip(random.beta(9, 1, count), 1 / max(shape.k, 1), 1)
    table["stability"] = np.clip(random.beta(12, 1, count), 0, 1)
    table["typicality"] = random.uniform(0, 1, count)
    for shift, axis in enumerate(
        ("myeloid", "lymphoid", "interferon", "hla_class_ii", "neutrophil")
    ):
        table[f"axis_{axis}"] = random.normal(0, 1, count) + (group - 1) * (0.8 - 0.3 * shift)
    return table


def _shares(shape: Shape, random: np.random.Generator) -> pd.DataFrame:
    rows = [
        (assay, f"factor_{factor + 1}", 2000 // (place + 1), 3 * shape.patients - 10 * place,
         float(random.beta(1.2, 8 + 3 * factor)))
        for place, assay in enumerate(shape.assays) for factor in range(shape.factors)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["assay", "factor", "features", "samples", "share"])


def _stability(shape: Shape, random: np.random.Generator) -> pd.DataFrame:
    if shape.k == 0:
        return empty_table(STABILITY)
    rows = []
    for k in range(1, 7):
        gap = 0.02 if k == 1 else (0.28 - 0.04 * abs(k - shape.k) if shape.k > 1 else 0.01)
        rows.append(
            (k, 6 - 0.3 * k, 6.1 - 0.25 * k, 0.03 + 0.004 * k, gap, gap / 0.04, 0.005 * k,
             np.nan if k == 1 else 0.05 + 0.08 * abs(k - shape.k), np.nan if k == 1 else 0.8 / k**2,
             np.nan if k == 1 else 0.4 - 0.03 * k,
             1.0 if k == 1 else max(0.1, 0.95 - 0.2 * abs(k - shape.k)), k == shape.k)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(STABILITY))


def _consensus(shape: Shape) -> pd.DataFrame:
    if shape.k < 2:
        return empty_table(("row", "column", "consensus"))
    groups = min(100, shape.patients * len(shape.cohorts))
    label = np.arange(groups) * shape.k // groups
    rows = [
        (f"E{label[i] + 1}.{i + 1}", f"E{label[j] + 1}.{j + 1}",
         1.0 if i == j else 0.92 if label[i] == label[j] else 0.07 + 0.02 * ((i + j) % 3))
        for i in range(groups) for j in range(groups)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["row", "column", "consensus"])


def _neighbours(samples: pd.DataFrame, endotypes: pd.DataFrame, shape: Shape) -> pd.DataFrame:
    table = samples[["sample", "patient", "cohort"]].copy()
    table["umap_1"] = samples["factor_1"] * 1.5 + 3 if shape.factors else 0.0
    table["umap_2"] = samples["factor_2"] - 2 if shape.factors > 1 else 0.0
    order = sorted(endotypes["endotype"].unique())
    table["leiden"] = [order.index(e) if shape.leiden else None for e in endotypes["endotype"]]
    return table


def _differential(shape: Shape, random: np.random.Generator) -> pd.DataFrame:
    asked = [(name, "confirmatory", "tested") for name in shape.contrasts]
    if shape.k > 1:
        asked += [(f"E{e + 1}_versus_rest", "exploratory", "descriptive") for e in range(shape.k)]
    parts = [_contrast(shape, *question, random) for question in asked]
    return pd.concat(parts, ignore_index=True) if parts else empty_table(DIFFERENTIAL)


def _contrast(
    shape: Shape, name: str, role: str, claim: str, random: np.random.Generator
) -> pd.DataFrame:
    genes = [shape.gene_name.format(index) for index in range(shape.genes)]
    truth = random.normal(0, 0.6, shape.genes) * (random.uniform(size=shape.genes) < 0.4)
    parts = []
    for cohort in ("meta", *shape.cohorts):
        se = 0.1 if cohort == "meta" else 0.22
        effect = truth + random.normal(0, se, shape.genes)
        p = np.exp(-0.5 * (effect / se) ** 2)
        scale = 1.0 if cohort == "meta" else 1.6
        table = pd.DataFrame({"gene": genes, "effect": effect, "p": p, "cohort": cohort})
        table["estimate"] = np.nan if cohort == "meta" else effect * scale
        table["se"] = se * scale
        table["ci_low"], table["ci_high"] = (effect - 2 * se) * scale, (effect + 2 * se) * scale
        table["fdr"] = np.nan if claim == "descriptive" else np.minimum(1, 3 * p)
        table["cohorts"] = len(shape.cohorts) if cohort == "meta" else 1
        table["consistent"] = 1.0 if cohort == "meta" else np.nan
        table["i2"] = 0.2 if cohort == "meta" else np.nan
        table["n_level"], table["n_versus"] = 10, shape.patients - 10
        parts.append(table)
    whole = pd.concat(parts, ignore_index=True).assign(contrast=name, role=role, claim=claim)
    return whole.reindex(columns=list(DIFFERENTIAL))


def _biomarkers(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    whole = pd.concat([table.assign(assay=assay) for assay, table in tables.items()])
    whole = whole[whole["cohort"] == "meta"].sort_values(["contrast", "p"], kind="stable")
    whole["rank"] = whole.groupby("contrast").cumcount() + 1
    return whole.reindex(columns=list(BIOMARKERS)) if len(whole) else empty_table(BIOMARKERS)


def _variants(shape: Shape, variants: Sequence[str]) -> pd.DataFrame:
    rows = [
        {
            "variant": name, "integrator": "mfa", "assays": "+".join(shape.assays),
            "discover_in": "+".join(shape.cohorts), "samples": 90, "factors": shape.factors,
            "endotypes": shape.k, "agreement": 0.8, "agreement_at_same_k": 0.7,
            "silhouette": 0.3, "prediction_strength": 0.9, "reason": "",
        }
        for name in ("this analysis", *variants)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _write_panels(
    folder: Path, samples: pd.DataFrame, shape: Shape, random: np.random.Generator
) -> None:
    rows, members, predictions = [], [], []
    if shape.panel:
        observed = (random.uniform(size=len(samples)) < 0.3).astype(int)
        predicted = 1 / (1 + np.exp(1.2 - 1.1 * observed - random.normal(0, 1.2, len(samples))))
        table = samples[["sample", "patient", "cohort"]].copy()
        table.insert(0, "panel", "death_28d")
        predictions.append(table.assign(observed=observed, predicted=predicted))
        rows += [_panel_row("death_28d", "auroc", cohort, 0.71, shape) for cohort in shape.cohorts]
        if len(rows) > 1:
            rows[0] |= {"estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan,
                        "warning": "fewer than 5 events or non-events"}  # fmt: skip
        rows.append(_panel_row("death_28d", "auroc", "pooled", 0.71, shape))
        members = [
            ("death_28d", shape.assays[i % len(shape.assays)], shape.gene_name.format(i),
             0.4 - 0.1 * i, 0.9)
            for i in range(8)
        ]  # fmt: skip
    if shape.panel and shape.k > 1:
        true = np.arange(len(samples)) % shape.k
        found = np.where(random.uniform(size=len(samples)) < 0.85, true, 0)
        table = samples[["sample", "patient", "cohort"]].copy()
        table.insert(0, "panel", "endotype")
        labels = {
            "observed": [f"E{e + 1}" for e in true],
            "predicted": [f"E{e + 1}" for e in found],
        }
        predictions.append(table.assign(**labels))
        for cohort in (*shape.cohorts, "pooled"):
            row = _panel_row("endotype", "fidelity", cohort, 0.88, shape)
            warning = "agreement with the full model's labels, not accuracy"
            rows.append(row | {"events": np.nan, "warning": warning})
    write_table(pd.DataFrame(rows, columns=list(PANELS)), folder / "panels.tsv")
    columns = ["panel", "assay", "gene", "coefficient", "selected"]
    write_table(pd.DataFrame(members, columns=columns), folder / "panel_members.tsv")
    columns = ["panel", "sample", "patient", "cohort", "observed", "predicted"]
    whole = pd.concat(predictions) if predictions else empty_table(columns)
    write_table(whole, folder / "panel_predictions.tsv")


def _panel_row(
    panel: str, statistic: str, cohort: str, value: float, shape: Shape
) -> dict[str, object]:
    pooled = cohort == "pooled"
    wide = 0.04 if pooled else 0.09
    times = len(shape.cohorts) if pooled else 1
    return {
        "panel": panel, "statistic": statistic, "cohort": cohort, "n": shape.patients * times,
        "events": 10 * times, "estimate": value, "ci_low": value - wide, "ci_high": value + wide,
        "prediction_low": value - 0.12 if pooled and statistic == "auroc" else np.nan,
        "prediction_high": value + 0.12 if pooled and statistic == "auroc" else np.nan,
        "features": 12, "warning": np.nan,
    }  # fmt: skip


def _status(shape: Shape) -> dict[str, list[tuple[str, str, str]]]:
    found = shape.k > 1
    return {
        "integrate": [("integration", "yes", f"{shape.factors} factors above noise")],
        "endotype": [
            ("endotypes", "yes" if found else "no",
             "the gap leaves its null" if found else "the gap stays within its null"),
        ],
        "differential.rna": [(name, "yes", "") for name in shape.contrasts],
        "panels": [
            ("outcome panel: death_28d", "yes", "") if shape.panel
            else ("outcome panel", "no", "the analysis states no outcome"),
        ],
    }  # fmt: skip


def write_study(results: Path, analyses: dict[str, Shape], generated: str = "") -> None:
    """A whole results folder: clinical tables, quality, analyses, status and settings.

    Figures and provenance are left to the code that makes them.
    """
    cohorts = list(dict.fromkeys(c for shape in analyses.values() for c in shape.cohorts))
    assays = list(dict.fromkeys(a for shape in analyses.values() for a in shape.assays))
    patients = max(shape.patients for shape in analyses.values())
    for place, cohort in enumerate(cohorts):
        names = [f"P{place * patients + index:03}" for index in range(patients)]
        clinical = pd.DataFrame({"sample": [f"{n}_d1" for n in names], "patient": names})
        write_table(
            clinical.assign(cohort=cohort, age=60.0), results / f"cohorts/{cohort}/clinical.tsv"
        )
        for assay in assays:
            _write_assay(results / "assays" / cohort / assay, clinical, cohort, assay)
        flagged = [
            (cohort, assay, clinical["sample"].iloc[place], flag)
            for assay in assays
            for place, flag in ((1, "outlier"), (2, "qc_warning"), (2, "sex_conflict"))
        ]
        columns = ["cohort", "assay", "sample", "flag"]
        write_table(pd.DataFrame(flagged, columns=columns), results / f"cohorts/{cohort}/flags.tsv")
    rows = []
    for name, shape in analyses.items():
        write_analysis(results / "analyses" / name, shape)
        rows += [(name, *row) for stage in _status(shape).values() for row in stage]
    columns = ["analysis", "question", "answered", "reason"]
    write_table(pd.DataFrame(rows, columns=columns), results / "status.tsv")
    if generated:
        _write_truth(results / "simulated" / "truth", results, next(iter(analyses)))


def settings_of(analyses: dict[str, Shape], generated: str = "") -> dict[str, object]:
    """The resolved settings that belong to such a study."""
    from immunosep_omics.settings.analysis import Analysis
    from immunosep_omics.settings.recipes import Recipes

    cohorts = list(dict.fromkeys(c for shape in analyses.values() for c in shape.cohorts))
    kinds = {"rna": "rna_counts", "proteins": "ms_proteins", "olink": "olink_npx"}
    assays = list(dict.fromkeys(a for shape in analyses.values() for a in shape.assays))
    recipes = Recipes()
    return {
        "study": {
            "study": "made_up", "seed": 1,
            "simulate": {"world": generated} if generated else None, "cohorts": cohorts,
            "recipes": {
                kind: [{s.word: s.model_dump(mode="json")} for s in recipes.of(kind)]
                for kind in Recipes.model_fields
            },
            "analyses": {
                name: Analysis.model_validate(
                    {"assays": list(shape.assays), "outcome": {"event": "death_28d"},
                     "contrasts": {c: {"column": "death_28d", "level": 1, "adjust": ["age"]}
                                   for c in shape.contrasts if c.isidentifier()}}
                ).model_dump(mode="json")
                for name, shape in analyses.items()
            },
        },
        "cohorts": {
            cohort: {"folder": cohort, "source": {"doi": "10.1000/made-up"},
                     "assays": {a: {"kind": kinds.get(a, "expression")} for a in assays}}
            for cohort in cohorts
        },
    }  # fmt: skip


def _write_assay(folder: Path, clinical: pd.DataFrame, cohort: str, assay: str) -> None:
    count = len(clinical)
    quality = pd.DataFrame({"sample": clinical["sample"], "detected": 5000, "missing_share": 0.01})
    quality["median_correlation"] = 0.93
    quality["outlier_z"] = [-6.2 if i == 1 else 0.3 for i in range(count)]
    quality["outlier"] = ["yes" if i == 1 else "no" for i in range(count)]
    quality["qc_warning"] = ["WARN" if i == 2 else np.nan for i in range(count)]
    write_table(quality, folder / "qc.tsv")
    steps = [(cohort, assay, "duplicate genes", 12, "probes of one gene: the most abundant kept")]
    columns = ["cohort", "assay", "step", "count", "reason"]
    write_table(pd.DataFrame(steps, columns=columns), folder / "steps.tsv")
    recipe = [("filter_low", 15000, 9000, "too few counts"), ("tmm", 9000, 9000, "")]
    columns = ["step", "features_before", "features_after", "reason"]
    write_table(pd.DataFrame(recipe, columns=columns), folder / "normalisation.tsv")


def _write_truth(folder: Path, results: Path, analysis: str) -> None:
    from immunosep_omics.tables import read_table

    found = read_table(results / "analyses" / analysis / "endotypes.tsv")
    truth = found[["cohort", "patient", "sample"]].copy()
    names = {"E1": "adaptive", "E2": "inflamed", "E3": "mixed"}
    truth["endotype"] = [names.get(label, "mixed") for label in found["endotype"]]
    truth["axis_myeloid"] = found["axis_myeloid"] * 2 + 1
    truth["axis_lymphoid"] = -found["axis_lymphoid"]
    write_table(truth, folder / "patients.tsv")
    write_table(truth.assign(probability_adaptive=0.5), folder / "oracle.tsv")
    genes = pd.DataFrame({"assay": "rna", "gene": [f"GENE{i}" for i in range(60)]})
    genes["strength"] = np.linspace(2, 0.1, 60)
    genes["rank"] = np.arange(1, 61)
    write_table(genes, folder / "genes.tsv")
