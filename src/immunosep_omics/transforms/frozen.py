"""Fitted steps in a file: what was learned, as plain arrays, to be applied to later samples.

A file is NumPy's .npz without pickled objects: arrays, and one text (JSON) of how they make up the
step. Only the classes listed here are ever made from it. The same step gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.stats.batch import CombatParameters
from immunosep_omics.stats.block_svd import Block as SvdBlock
from immunosep_omics.stats.block_svd import BlockSVD
from immunosep_omics.stats.graph_factors import GraphFactors, GraphOmic, Reach
from immunosep_omics.stats.linear_factors import LinearFactors, LinearOmic
from immunosep_omics.stats.nemo import NemoTies
from immunosep_omics.stats.olink import PlateShifts
from immunosep_omics.stats.rle import RleReference
from immunosep_omics.stats.snf import SnfTies
from immunosep_omics.stats.tmm import TmmReference
from immunosep_omics.stats.upper_quartile import UpperQuartileReference
from immunosep_omics.stats.vsn import VsnReference
from immunosep_omics.stats.vst import VstReference
from immunosep_omics.tables import replacing
from immunosep_omics.transforms.block import Chain
from immunosep_omics.transforms.bridge import Bridge
from immunosep_omics.transforms.combat import Combat
from immunosep_omics.transforms.concatenation import Concatenation
from immunosep_omics.transforms.control_anchored import ControlAnchored
from immunosep_omics.transforms.covariates import Covariates
from immunosep_omics.transforms.elastic_net import ElasticNetModel
from immunosep_omics.transforms.filter_low import KeepFeatures
from immunosep_omics.transforms.graph import Graph
from immunosep_omics.transforms.impute_censored import ImputeCensored
from immunosep_omics.transforms.impute_mean import ImputeMean
from immunosep_omics.transforms.intensity import Intensity
from immunosep_omics.transforms.log2 import Log2
from immunosep_omics.transforms.log_cpm import LogCpm
from immunosep_omics.transforms.median_centre import MedianCentre
from immunosep_omics.transforms.mfa import Mfa
from immunosep_omics.transforms.mofa import Mofa
from immunosep_omics.transforms.no_harmonisation import NoHarmonisation
from immunosep_omics.transforms.panel import HarmoniseEach, Panel
from immunosep_omics.transforms.quantile import Quantile
from immunosep_omics.transforms.rle import Rle
from immunosep_omics.transforms.select_strongest import SelectStrongest
from immunosep_omics.transforms.standardise import Standardise
from immunosep_omics.transforms.tmm import Tmm
from immunosep_omics.transforms.upper_quartile import UpperQuartile
from immunosep_omics.transforms.vsn import Vsn
from immunosep_omics.transforms.vst import Vst
from immunosep_omics.transforms.within_cohort_z import WithinCohortZ

CLASSES: dict[str, type] = {
    found.__name__: found
    for found in (
        BlockSVD, Bridge, Chain, Combat, CombatParameters, Concatenation, ControlAnchored,
        Covariates, ElasticNetModel, Graph, GraphFactors, GraphOmic, HarmoniseEach, ImputeCensored,
        ImputeMean, Intensity, KeepFeatures, LinearFactors, LinearOmic, Log2, LogCpm, MedianCentre,
        Mfa, Mofa, NemoTies, NoHarmonisation, Panel, PlateShifts, Quantile, Reach, Rle,
        RleReference, SelectStrongest, SnfTies, Standardise, SvdBlock, Tmm, TmmReference,
        UpperQuartile, UpperQuartileReference, Vsn, VsnReference, Vst, VstReference, WithinCohortZ,
    )
}  # fmt: skip

_STRUCTURE = "structure"


def write_frozen(step: Any, path: Path | str) -> None:
    """Write a fitted step, a chain of them or a panel, whole or not at all.

    Raises TypeError for a class that is not among :data:`CLASSES`, or a value of another type.
    """
    arrays: list[np.ndarray] = []
    structure = np.array(json.dumps(_taken_apart(step, arrays), sort_keys=True))
    named = {str(place): array for place, array in enumerate(arrays)}
    with replacing(path) as temporary, Path(temporary).open("wb") as file:
        np.savez(file, allow_pickle=False, **{_STRUCTURE: structure}, **named)


def read_frozen(path: Path | str) -> Any:
    """Read what :func:`write_frozen` wrote: the same class, every number to the last bit.

    Raises ValueError for a file that holds anything else.
    """
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    if _STRUCTURE not in arrays:
        raise ValueError("not a file of a fitted step")
    return _put_together(json.loads(str(arrays[_STRUCTURE])), arrays)


def _taken_apart(value: Any, arrays: list[np.ndarray]) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value

    def parts(*values: Any) -> list[Any]:
        return [_taken_apart(part, arrays) for part in values]

    if isinstance(value, np.ndarray) and value.dtype.kind in "biufU":
        arrays.append(value)
        return {"array": str(len(arrays) - 1)}
    if isinstance(value, tuple):
        return {"tuple": parts(*value)}
    if isinstance(value, dict):
        return {"dict": parts(*value.items())}
    if isinstance(value, pd.Index):
        return {"index": [*parts(_plain(value)), value.name]}
    if isinstance(value, pd.Series):
        return {"series": parts(value.index, value.to_numpy())}
    if isinstance(value, pd.DataFrame):
        return {"frame": parts(value.index, value.columns, value.to_numpy())}
    name = type(value).__name__
    if is_dataclass(value) and CLASSES.get(name) is type(value):
        learned = {field.name: _taken_apart(getattr(value, field.name), arrays)
                   for field in fields(value)}  # fmt: skip
        return {"class": name, "learned": learned}
    raise TypeError(f"{name} cannot be kept in a file")


def _plain(names: pd.Index) -> np.ndarray:
    """Names as an array that needs no pickling; numbers stay numbers."""
    if all(isinstance(name, str) for name in names):
        return np.array(list(names), dtype=np.str_)
    return names.to_numpy()


def _put_together(structure: Any, arrays: dict[str, np.ndarray]) -> Any:
    if not isinstance(structure, dict):
        return structure

    def parts(given: list[Any]) -> list[Any]:
        return [_put_together(part, arrays) for part in given]

    if "class" in structure:
        if structure["class"] not in CLASSES:
            raise ValueError(f"'{structure['class']}' is not a step that is known")
        learned = structure["learned"]
        return CLASSES[structure["class"]](
            **dict(zip(learned, parts(list(learned.values())), strict=True))
        )
    ((kind, given),) = structure.items()
    if kind == "array":
        return arrays[given]
    if kind == "tuple":
        return tuple(parts(given))
    if kind == "dict":
        return dict(parts(given))
    if kind == "index":
        (names,) = parts(given[:1])
        return pd.Index(names.astype(object) if names.dtype.kind == "U" else names, name=given[1])
    if kind == "series":
        index, values = parts(given)
        return pd.Series(values, index=index)
    index, columns, values = parts(given)
    return pd.DataFrame(values, index=index, columns=columns)
