"""Normalise one assay of one cohort by its recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from immunosep_omics.assay import COUNTS, EFFECTIVE_SIZE, make_assay, values_of
from immunosep_omics.errors import InputError, Problem
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.bridge import fit_bridge
from immunosep_omics.transforms.effective_size import effective_sizes
from immunosep_omics.transforms.filter_low import fit_filter_low
from immunosep_omics.transforms.filter_missing import fit_filter_missing
from immunosep_omics.transforms.intensity import PLATE, fit_intensity
from immunosep_omics.transforms.log2 import fit_log2
from immunosep_omics.transforms.log_cpm import fit_log_cpm
from immunosep_omics.transforms.median_centre import fit_median_centre
from immunosep_omics.transforms.quantile import fit_quantile
from immunosep_omics.transforms.rle import fit_rle_step
from immunosep_omics.transforms.tmm import fit_tmm_step
from immunosep_omics.transforms.upper_quartile import fit_upper_quartile_step
from immunosep_omics.transforms.vsn import fit_vsn_step
from immunosep_omics.transforms.vst import fit_vst_step

if TYPE_CHECKING:
    from anndata import AnnData

STEPS: dict[str, Callable[..., Any]] = {
    "filter_low": fit_filter_low,
    "filter_missing": fit_filter_missing,
    "tmm": fit_tmm_step,
    "rle": fit_rle_step,
    "upper_quartile": fit_upper_quartile_step,
    "log_cpm": fit_log_cpm,
    "vst": fit_vst_step,
    "log2": fit_log2,
    "vsn": fit_vsn_step,
    "bridge": fit_bridge,
    "intensity": fit_intensity,
    "quantile": fit_quantile,
    "median_centre": fit_median_centre,
}

SCALE_AFTER = {"log_cpm": "log2", "vst": "log2", "log2": "log2", "vsn": "log2"}


class Bridge(NamedTuple):
    """Values of another project (samples x features), and which samples bridge (None: all)."""

    reference: pd.DataFrame
    samples: Sequence[str] | None = None


def normalise(
    raw: AnnData,
    recipe: Sequence[dict[str, dict[str, Any]]],
    design: Sequence[str] = (),
    left_out: Mapping[str, str] | None = None,
    plates: pd.Series | None = None,
    bridge: Bridge | None = None,
) -> tuple[AnnData, pd.DataFrame]:
    """Apply a recipe; the normalised assay, and a table of its steps with features kept.

    `design` names clinical columns that questions will be asked about, for steps that must not
    drop what only a small group shows. `left_out`: reason by sample, for samples that the study
    leaves out; each has its row in the table. `plates`: by sample, where the file names them.
    `bridge`: what this assay is brought to, if anything. Raises :class:`InputError` where no
    sample is left, and for data that a step cannot learn from.
    """
    rows: list[tuple[str, int, int, str]] = []
    for sample, reason in (left_out or {}).items():
        rows.append(("drop_samples", raw.n_vars, raw.n_vars, f"{sample} left out: {reason}"))
    if rows:
        raw = raw[~raw.obs_names.isin(list(left_out or {}))].copy()
        if raw.n_obs == 0:
            raise InputError(
                Problem(
                    f"{raw.uns['cohort']}, assay {raw.uns['assay']}",
                    "`drop_samples` leaves no sample of this assay",
                    "drop fewer flags, or leave the assay out; flags.tsv says what was flagged",
                )
            )
    block, scale = Block(values_of(raw), raw.obs), str(raw.uns["scale"])
    if plates is not None:
        block = Block(block.values, raw.obs.assign(**{PLATE: plates.reindex(raw.obs_names)}))
    counts = block.values if scale == COUNTS else None
    given = {"filter_low": {"design": design}, "bridge": bridge._asdict() if bridge else {}}
    for entry in recipe:
        (word, options), before = next(iter(entry.items())), block.values.shape[1]
        needless = ""
        if word == "log2" and scale != "linear":
            needless = f"the values are on the scale {scale}"
        if word == "bridge" and bridge is None:
            needless = "the assay's facts state no `bridge`"
        if needless:
            rows.append((word, before, before, f"skipped: {needless}"))
            continue
        block = STEPS[word](block, **options, **given.get(word, {})).apply(block)
        scale = SCALE_AFTER.get(word, scale)
        after = block.values.shape[1]
        reason = f"dropped {before - after} of {before} features" if after < before else "applied"
        rows.append((word, before, after, reason))
    obs = raw.obs
    if counts is not None:
        obs = obs.assign(**{EFFECTIVE_SIZE: effective_sizes(block)})
    normalised = make_assay(
        block.values, obs, raw.var, cohort=raw.uns["cohort"], assay=raw.uns["assay"],
        kind=raw.uns["kind"], scale=scale, counts=counts,
    )  # fmt: skip
    columns = ["step", "features_before", "features_after", "reason"]
    return normalised, pd.DataFrame(rows, columns=columns)
