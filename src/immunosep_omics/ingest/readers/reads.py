"""Raw reads before they are quantified: their samples and genes, checked but not counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.raw_assay import RawAssay, feature_table
from immunosep_omics.ingest.reads.fastq import check_reads
from immunosep_omics.settings.assays import Reads

REMEDY = "run the workflow, which trims and quantifies them before it reads the counts"


def read(facts: Reads, folder: Path, rows: int | None = None) -> RawAssay:
    """What is known before any long work: all samples, and the first genes, with counts of 0.

    Raises :class:`InputError` for files that cannot be quantified, and without `rows`: the
    workflow reads what salmon writes, with that reader.
    """
    shown = (folder / facts.file).as_posix()
    if rows is None:
        raise InputError(Problem(shown, "the file holds reads, not counts", REMEDY))
    found = check_reads(facts, folder, first_only=True)
    features = feature_table(found.genes)
    values = np.zeros((len(found.samples), len(features)))
    frame = pd.DataFrame(values, index=found.samples, columns=features.index)
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), shown)
