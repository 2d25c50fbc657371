"""What goes together with the groups of a question: batches, treatment, cohorts, platforms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from immunosep_omics.clinical.groups import level_names
from immunosep_omics.ingest.check.association import associate

BATCH = re.compile(
    r"(^|_)(batch|plate|run|chip|lane|centre|center|hospital|platform|sequencer|scanner|kit|site)"
    r"(_?(id|no|number|name))?$"
)
"""Names of clinical columns that tell where or when a sample was measured."""

Row = tuple[object, ...]
"""What a verdict is about, the verdict, samples, the reason, and patients concerned."""


def batches_of(table: pd.DataFrame, plate: pd.Series | None) -> dict[str, pd.Series]:
    """Labels of a cohort's samples that tell where or when they were measured."""
    found = {name: level_names(table[name]) for name in table if BATCH.search(str(name).lower())}
    if plate is not None and plate.notna().any():
        found.setdefault("plate of the assay", plate.reindex(table.index))
    return found


def batch(
    labels: pd.Series, batches: Mapping[str, pd.Series], needed: bool = False
) -> Iterator[Row]:
    """Batches that are the groups, or nearly: a `no` where the comparison is `needed`."""
    for name, other in batches.items():
        found = associate(labels, other.reindex(labels.index))
        if found is None or not found.strong:
            continue
        if found.fixes:
            reason = f"confounded: each level of '{name}' holds one group only"
        else:
            reason = f"nearly confounded with '{name}' (Cramér's V {found.v:.2f})"
        verdict = "no" if found.fixes and needed else "caution"
        yield "batch", verdict, found.samples, reason, ""


def treatment(table: pd.DataFrame, labels: pd.Series, column: str) -> Iterator[Row]:
    """Were the groups treated differently?"""
    if column == "treatment" or "treatment" not in table:
        return
    found = associate(labels, level_names(table["treatment"]))
    if found is not None and found.strong:
        reason = f"the groups were treated differently (Cramér's V {found.v:.2f})"
        yield "treatment", "caution", found.samples, reason, ""


def across(groups: Mapping[str, pd.Series], platforms: Mapping[str, str]) -> Iterator[Row]:
    """Cohorts taken together: is a group a cohort, or a platform?"""
    if len(groups) < 2:
        return
    labels = pd.concat(groups)
    cohort = pd.Series(labels.index.get_level_values(0), index=labels.index, dtype=object)
    sided = sum(group.dropna().nunique() > 1 for group in groups.values())
    counted = int(labels.notna().sum())
    if counted and not sided:
        yield (
            "cohort", "no", counted, "no cohort has more than one group: what differs between"
            " groups cannot be told from what differs between cohorts", "",
        )  # fmt: skip
        return
    for name, other in (("cohort", cohort), ("platform", cohort.map(platforms))):
        found = associate(labels, other)
        if found is not None and found.strong:
            reason = (
                f"groups and {name}s nearly coincide (Cramér's V {found.v:.2f}); only comparisons"
                f" within a cohort count, in {sided} of {len(groups)} cohorts"
            )
            yield name, "caution", found.samples, reason, ""
