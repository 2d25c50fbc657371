"""Panels for the outcome and for the endotype, judged on cohorts that they have never seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from immunosep_omics.stats.auroc import Auroc, auroc, pool_auroc
from immunosep_omics.stats.minimum import HELD_OUT_EVENTS, TRAINING_EVENTS
from immunosep_omics.stats.proportion import wilson_interval
from immunosep_omics.stats.streams import stream
from immunosep_omics.tables import empty_table
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.join import by_assay, join_cohorts, keyed, side_by_side
from immunosep_omics.transforms.panel import Panel, PanelRecipe, fit_panel

if TYPE_CHECKING:
    from anndata import AnnData

PANEL_COLUMNS = (
    "panel", "statistic", "cohort", "n", "events", "estimate", "ci_low", "ci_high",
    "prediction_low", "prediction_high", "features", "warning",
)  # fmt: skip
MEMBER_COLUMNS = ("panel", "assay", "gene", "coefficient", "selected")
PREDICTION_COLUMNS = ("panel", "sample", "patient", "cohort", "observed", "predicted")
IMPUTED_COLUMNS = ("panel", "sample", "cohort", "assay", "gene", "way")

POOLED = "pooled"
INTERNAL_FOLDS = 5
SUSPICIOUS_AUROC = 0.9
LEAKAGE_WARNING = (
    "leakage warning: an AUROC above 0.9 from blood omics is rarely real; look for a confounder"
)
INTERNAL_WARNING = "internal cross-validation: says nothing about another cohort"


@dataclass(frozen=True)
class PanelTables:
    """The tables of the panels, and what could not be answered."""

    panels: pd.DataFrame
    members: pd.DataFrame
    predictions: pd.DataFrame
    imputed: pd.DataFrame
    status: pd.DataFrame


@dataclass(frozen=True)
class _Judged:
    predictions: pd.DataFrame
    imputed: pd.DataFrame
    panels: list[Panel]
    internal: bool


def build_panels(
    assays: Sequence[AnnData],
    clinical: pd.DataFrame,
    endotypes: pd.DataFrame,
    outcome: Mapping[str, Any] | None,
    recipe: PanelRecipe,
    seed: int,
    analysis: str,
) -> PanelTables:
    """A panel for the outcome (held-out AUROC) and one for the endotype (held-out fidelity)."""
    rows = keyed(endotypes)
    clinical = keyed(clinical).reindex(rows.index)
    # Only the genes that all cohorts measured: which these are says nothing of any outcome.
    cohorts = set(rows["cohort"])
    blocks = {name: join_cohorts(group, cohorts) for name, group in by_assay(assays).items()}
    block = side_by_side(blocks, rows[["sample", "patient", "cohort"]])
    parts = []
    if outcome is None:
        parts.append(_none("outcome panel", "the analysis states no outcome"))
    else:
        event = str(outcome["event"])
        parts.append(_outcome_panel(block, clinical.get(event), event, recipe, seed, analysis))
    parts.append(_endotype_panel(block, rows["endotype"], recipe, seed, analysis))
    return PanelTables(
        *(
            pd.concat(tables, ignore_index=True) if (tables := _filled(parts, name)) else empty
            for name, empty in (
                ("panels", empty_table(PANEL_COLUMNS)),
                ("members", empty_table(MEMBER_COLUMNS)),
                ("predictions", empty_table(PREDICTION_COLUMNS)),
                ("imputed", empty_table(IMPUTED_COLUMNS)),
                ("status", empty_table(("question", "answered", "reason"))),
            )
        )
    )


def _filled(parts: Sequence[PanelTables], name: str) -> list[pd.DataFrame]:
    return [getattr(part, name) for part in parts if len(getattr(part, name))]


def _none(question: str, reason: str) -> PanelTables:
    return PanelTables(
        empty_table(PANEL_COLUMNS),
        empty_table(MEMBER_COLUMNS),
        empty_table(PREDICTION_COLUMNS),
        empty_table(IMPUTED_COLUMNS),
        pd.DataFrame([(question, "no", reason)], columns=["question", "answered", "reason"]),
    )


def _outcome_panel(
    block: Block,
    events: pd.Series | None,
    event: str,
    recipe: PanelRecipe,
    seed: int,
    analysis: str,
) -> PanelTables:
    question = f"outcome panel: {event}"
    if events is None:
        return _none(question, "no cohort of the analysis has this column")
    known = events.dropna()
    if not known.isin([0, 1]).all():
        return _none(question, "the column has other values than 0 and 1: give it `codes`")
    classes = known.astype(int).astype(str)
    if min((classes == "1").sum(), (classes == "0").sum()) < TRAINING_EVENTS:
        return _none(question, f"{(classes == '1').sum()} events among {len(classes)} are too few")
    informative = classes.groupby(block.samples["cohort"][classes.index]).nunique()
    cohorts = [cohort for cohort, levels in informative.items() if levels == 2]
    # A cohort without events, or with nothing else, would teach the panel which cohort it sees.
    chosen = classes.index[block.samples["cohort"][classes.index].isin(cohorts)]
    judged = _judge(block.rows(chosen), classes[chosen], recipe, seed, (analysis, event))
    rows = [_auroc_row(event, cohort, part) for cohort, part in _by_cohort(judged)]
    estimable = [row for row in rows if np.isfinite(row["estimate"])]
    if not estimable:
        return _none(question, "no cohort has enough events to judge a panel made without it")
    rows.append(_pooled_row(event, rows))
    panels = pd.DataFrame(rows).reindex(columns=PANEL_COLUMNS)
    if judged.internal:
        panels["warning"] = panels["warning"].map(
            lambda w: "; ".join(filter(None, [INTERNAL_WARNING, w]))
        )
    reason = (
        INTERNAL_WARNING
        if judged.internal
        else (
            f"{len(estimable)} cohorts held out in turn"
            if len(estimable) > 1
            else "only one cohort has enough events to be held out"
        )
    )
    answered = "yes" if len(estimable) > 1 and not judged.internal else "partly"
    return _tables(
        panels,
        judged,
        block.rows(chosen),
        classes[chosen],
        recipe,
        (event, seed, analysis),
        (question, answered, reason),
    )


def _endotype_panel(
    block: Block, labels: pd.Series, recipe: PanelRecipe, seed: int, analysis: str
) -> PanelTables:
    question = "endotype panel"
    known = labels.dropna()
    counts = known.value_counts()
    if len(counts) < 2:
        return _none(question, "there is one endotype, so there is nothing to tell apart")
    if counts.min() < TRAINING_EVENTS:
        return _none(question, f"the smallest endotype has {counts.min()} samples, too few")
    judged = _judge(block.rows(known.index), known, recipe, seed, (analysis, "endotype"))
    if judged.predictions.empty:
        return _none(question, "without any one cohort, some endotype has too few samples")
    warning = "agreement with the full model's labels, not accuracy"
    if judged.internal:
        warning = f"{INTERNAL_WARNING}; {warning}"
    rows = []
    for cohort, part in [*_by_cohort(judged), (POOLED, judged.predictions)]:
        agree = int((part["observed"] == part["predicted"]).sum())
        low, high = wilson_interval(agree, len(part))
        rows.append(
            {
                "panel": "endotype",
                "statistic": "fidelity",
                "cohort": cohort,
                "n": len(part),
                "estimate": agree / len(part),
                "ci_low": low,
                "ci_high": high,
                "warning": warning,
            }
        )
    left_out = "held-out patients" if judged.internal else "held-out cohorts"
    reason = f"fidelity to the full model's labels in {left_out}, not accuracy"
    return _tables(
        pd.DataFrame(rows).reindex(columns=PANEL_COLUMNS),
        judged,
        block.rows(known.index),
        known,
        recipe,
        ("endotype", seed, analysis),
        (question, "partly" if judged.internal else "yes", reason),
    )


def _judge(
    block: Block, classes: pd.Series, recipe: PanelRecipe, seed: int, name: tuple[str, ...]
) -> _Judged:
    """Predict every sample by a panel that was fitted without its cohort.

    With one cohort, without its fold of patients: an internal figure, and said to be one.
    """
    folds, internal = _outer_folds(block.samples, classes, stream(seed, "folds", *name))
    predictions, panels, imputed = [], [], []
    for number, (train, test) in enumerate(folds):
        panel = fit_panel(
            block.rows(train), classes[train], recipe, stream(seed, "panel", *name, str(number))
        )
        panels.append(panel)
        predictions.append(_predict(panel, block.rows(test), classes[test]))
        imputed.append(_imputed(panel, block.rows(test)))
    columns = ["sample", "patient", "cohort", "observed", "predicted", "measured"]
    joined = pd.concat(predictions) if predictions else empty_table(columns)
    filled = pd.concat(imputed) if imputed else empty_table(IMPUTED_COLUMNS[1:])
    return _Judged(joined, filled, panels, internal)


def _outer_folds(
    samples: pd.DataFrame, classes: pd.Series, generator: np.random.Generator
) -> tuple[list[tuple[pd.Index, pd.Index]], bool]:
    cohorts = sorted(samples["cohort"].unique())
    if len(cohorts) > 1:
        splits = [(samples["cohort"] != c, samples["cohort"] == c) for c in cohorts]
    else:
        patients = samples["patient"].drop_duplicates()
        label = classes.groupby(samples["patient"]).first()[patients].to_numpy()
        order = generator.permutation(len(patients))
        order = order[np.argsort(label[order], kind="stable")]
        fold = pd.Series(
            np.arange(len(patients)) % INTERNAL_FOLDS, index=patients.to_numpy()[order]
        )
        number = samples["patient"].map(fold)
        splits = [(number != f, number == f) for f in range(INTERNAL_FOLDS)]
    kept = [
        (samples.index[train], samples.index[test])
        for train, test in splits
        if _trainable(classes[train], classes.nunique()) and test.any()
    ]
    return kept, len(cohorts) == 1


def _trainable(classes: pd.Series, levels: int) -> bool:
    counts = classes.value_counts()
    return len(counts) == levels and int(counts.min()) >= TRAINING_EVENTS // 2


def _predict(panel: Panel, block: Block, classes: pd.Series) -> pd.DataFrame:
    probabilities = panel.probabilities(block)
    binary = list(probabilities.columns) == ["0", "1"]
    predicted = probabilities["1"] if binary else probabilities.idxmax(axis=1)
    features = block.values.reindex(columns=panel.model.chosen)
    return block.samples[["sample", "patient", "cohort"]].assign(
        observed=classes,
        predicted=predicted,
        # A panel of nothing says the same of everyone, and that is what it is worth.
        measured=features.notna().any(axis=1) | (len(panel.model.chosen) == 0),
    )


def _imputed(panel: Panel, block: Block) -> pd.DataFrame:
    """Which values of the chosen features were filled in to predict, and how."""
    cells = panel.imputed(block)
    samples = block.samples.loc[cells["key"], ["sample", "cohort"]].reset_index(drop=True)
    return samples.assign(
        assay=[feature.split(":", 1)[0] for feature in cells["feature"]],
        gene=[feature.split(":", 1)[1] for feature in cells["feature"]],
        way=cells["way"],
    )


def _by_cohort(judged: _Judged) -> Iterator[tuple[str, pd.DataFrame]]:
    for cohort, part in judged.predictions.groupby("cohort", sort=True):
        yield str(cohort), part


def _auroc_row(event: str, cohort: str, part: pd.DataFrame) -> dict[str, Any]:
    truth = (part["observed"] == "1").to_numpy()
    events = int(truth.sum())
    row: dict[str, Any] = {
        "panel": event,
        "statistic": "auroc",
        "cohort": cohort,
        "n": len(part),
        "events": events,
        "estimate": np.nan,
        "ci_low": np.nan,
        "ci_high": np.nan,
        "warning": "",
    }
    if min(events, len(part) - events) < HELD_OUT_EVENTS:
        return row | {"warning": f"fewer than {HELD_OUT_EVENTS} events or non-events"}
    if not part["measured"].any():
        return row | {"warning": "none of the panel's features was measured here"}
    measured = auroc(truth, part["predicted"].to_numpy(dtype=float))
    return row | {
        "estimate": measured.estimate,
        "ci_low": measured.ci_low,
        "ci_high": measured.ci_high,
        "warning": _doubt(measured.estimate, part["predicted"]),
        "measured": measured,
    }


def _doubt(estimate: float, predicted: pd.Series) -> str:
    if estimate > SUSPICIOUS_AUROC:
        return LEAKAGE_WARNING
    return "no feature entered the panel" if predicted.nunique() == 1 else ""


def _pooled_row(event: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    judged = [row for row in rows if "measured" in row]
    each: list[Auroc] = [row["measured"] for row in judged]
    pooled = pool_auroc(
        np.array([a.logit for a in each]), np.array([a.logit_variance for a in each])
    )
    warnings = []
    if pooled.estimate > SUSPICIOUS_AUROC:
        warnings.append(LEAKAGE_WARNING)
    if not np.isfinite(pooled.prediction_low):
        warnings.append("prediction interval not estimable from fewer than three cohorts")
    return {
        "panel": event,
        "statistic": "auroc",
        "cohort": POOLED,
        "n": sum(row["n"] for row in judged),
        "events": sum(row["events"] for row in judged),
        "estimate": pooled.estimate,
        "ci_low": pooled.ci_low,
        "ci_high": pooled.ci_high,
        "prediction_low": pooled.prediction_low,
        "prediction_high": pooled.prediction_high,
        "warning": "; ".join(warnings),
    }


def _tables(
    panels: pd.DataFrame,
    judged: _Judged,
    block: Block,
    classes: pd.Series,
    recipe: PanelRecipe,
    name: tuple[str, int, str],
    status: tuple[str, str, str],
) -> PanelTables:
    panel_name, seed, analysis = name
    final = fit_panel(block, classes, recipe, stream(seed, "panel", analysis, panel_name, "final"))
    panels = panels.assign(features=len(final.model.chosen))
    columns = ["question", "answered", "reason"]
    return PanelTables(
        panels=panels,
        members=_members(panel_name, final, judged.panels),
        predictions=judged.predictions.assign(panel=panel_name)[list(PREDICTION_COLUMNS)],
        imputed=judged.imputed.assign(panel=panel_name)[list(IMPUTED_COLUMNS)],
        status=pd.DataFrame([status], columns=columns),
    )


def _members(name: str, final: Panel, held_out: Sequence[Panel]) -> pd.DataFrame:
    """Features of the panel fitted on all cohorts, and how often the held-out fits chose them."""
    chosen = final.model.coefficients.loc[final.model.chosen]
    largest = chosen.to_numpy()
    if largest.size:
        strongest = np.abs(largest).argmax(axis=1)
        largest = largest[np.arange(len(chosen)), strongest]
    table = pd.DataFrame(
        {
            "panel": name,
            "assay": [feature.split(":", 1)[0] for feature in chosen.index],
            "gene": [feature.split(":", 1)[1] for feature in chosen.index],
            "coefficient": largest.ravel(),
            "selected": [
                np.mean([feature in panel.model.chosen for panel in held_out])
                for feature in chosen.index
            ],
        }
    )
    order = table.assign(size=-table["coefficient"].abs()).sort_values(["size", "assay", "gene"])
    return table.loc[order.index, list(MEMBER_COLUMNS)].reset_index(drop=True)
