"""Stage 1: raw files become checked assays, with samples and genes named alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from immunosep_omics.assay import make_assay
from immunosep_omics.ingest.clinical.table import (
    ClinicalTable,
    read_clinical,
    read_clinical_table,
    write_clinical,
)
from immunosep_omics.ingest.genes.features import to_genes
from immunosep_omics.ingest.logarithms import Reader, to_base_2
from immunosep_omics.ingest.quality import assay_quality, sample_quality
from immunosep_omics.ingest.raw_assay import NOTE_COLUMNS, Note, RawAssay
from immunosep_omics.ingest.readers import (
    featurecounts,
    geo_series_matrix,
    geo_soft,
    h5ad,
    long_table,
    matrix,
    maxquant,
    metabolon,
    nfcore_rnaseq,
    olink_long,
    olink_wide,
    protein_table,
    quantification,
    reads,
    sample_counts,
    single_cell,
    somascan,
)
from immunosep_omics.ingest.samples import with_clinical_names, with_values
from immunosep_omics.ingest.scale import check_scale
from immunosep_omics.settings.assays import AnyAssay

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = [
    "READERS", "ClinicalTable", "Note", "RawAssay", "assay_quality", "ingest_assay",
    "read_clinical", "read_clinical_table", "write_clinical",
]  # fmt: skip


_AS_WRITTEN: dict[str, Reader] = {
    "matrix": matrix.read,
    "featurecounts": featurecounts.read,
    "star": sample_counts.read,
    "htseq": sample_counts.read,
    "salmon": quantification.read,
    "kallisto": quantification.read,
    "rsem": quantification.read,
    "reads": reads.read,
    "nfcore_rnaseq": nfcore_rnaseq.read,
    "geo_series_matrix": geo_series_matrix.read,
    "geo_soft": geo_soft.read,
    "maxquant": maxquant.read,
    "diann": protein_table.read,
    "alphadia": protein_table.read,
    "spectronaut": protein_table.read,
    "spectromine": protein_table.read,
    "fragpipe": protein_table.read,
    "proteome_discoverer": protein_table.read,
    "skyline": protein_table.read,
    "metamorpheus": protein_table.read,
    "openms": protein_table.read,
    "long": long_table.read,
    "olink_long": olink_long.read,
    "olink_wide": olink_wide.read,
    "metabolon": metabolon.read,
    "somascan": somascan.read,
    "h5ad": h5ad.read,
    "single_cell": single_cell.read,
}

READERS = {name: to_base_2(read) for name, read in _AS_WRITTEN.items()}
"""The reader of each format."""


def ingest_assay(
    cohort: str, assay: str, facts: AnyAssay, folder: Path, clinical: ClinicalTable
) -> tuple[AnnData, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read one assay of a cohort: the assay, its samples' quality, notes, and the genes' mapping.

    Notes tell what was left out; the mapping has one row per feature of the file.

    Values stay on their own scale. Raises :class:`InputError` for files that cannot be read,
    values that are not on the declared scale, and samples that the clinical table does not know.
    """
    raw = READERS[facts.format](facts, folder)
    raw = with_values(with_clinical_names(raw, assay, facts, folder, clinical))
    where = f"{raw.source} (assays.{assay}.scale)"
    check_scale(raw.values.to_numpy(), facts.stated_scale, facts.kind, where)
    values, var, notes, mapping = to_genes(raw, assay, facts, folder)
    made = make_assay(
        values, _obs(clinical, values.index), _var(var), cohort=cohort, assay=assay,
        kind=facts.kind, scale=facts.stated_scale,
    )  # fmt: skip
    quality = sample_quality(
        values, facts.stated_scale, raw.samples, facts.kind, clinical.table.loc[values.index]
    )
    rows = [(cohort, assay, *note) for note in [*raw.notes, *notes]]
    mapping.insert(0, "cohort", cohort)
    mapping.insert(1, "assay", assay)
    return made, quality, pd.DataFrame(rows, columns=list(NOTE_COLUMNS)), mapping


def _obs(clinical: ClinicalTable, samples: pd.Index) -> pd.DataFrame:
    """The samples' clinical rows; text without any value becomes a category without levels.

    An .h5ad file cannot hold a text column in which every value is missing.
    """
    obs = clinical.table.loc[samples].copy()
    for name in obs.select_dtypes(object):
        if obs[name].isna().all():
            obs[name] = pd.Categorical([None] * len(obs), categories=pd.Index([], dtype=object))
    return obs


def _var(var: pd.DataFrame) -> pd.DataFrame:
    """Annotation of genes as text and numbers that an .h5ad file can hold."""
    kept = var.copy()
    for name in kept.select_dtypes(object):
        kept[name] = kept[name].where(kept[name].notna(), "").astype(str)
    return kept.replace([np.inf, -np.inf], np.nan)
