"""Features in parts: what is worked on stays in the cache, and takes little more than the input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from immunosep_omics.stats.arrays import Integer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Arrays = TypeVar("Arrays", bound=DataclassInstance)

# Numbers in one part (1 MB): several arrays of this size stay in the processor's cache. Features
# in one part at least, so that reading a few numbers of each long row does not waste whole lines.
_CACHED, _FEWEST = 2**17, 256
# Kernels hold up to 25 arrays of the size of a part. With parts of an eighth of the input that is
# three times the input; parts of less than 32 kB would only cost time.
_PARTS, _SMALL = 8, 2**12


def column_parts(columns: Integer, numbers: int) -> Iterator[Integer | slice]:
    """The columns, each of so many ``numbers``, in parts; neighbours as a slice (no copy)."""
    numbers = max(numbers, 1)
    most = max(_FEWEST, _CACHED // numbers)
    size = min(most, max(-(-len(columns) // _PARTS), -(-_SMALL // numbers)))
    for start in range(0, len(columns), size):
        part = columns[start : start + size]
        together = part[-1] - part[0] == len(part) - 1
        yield slice(int(part[0]), int(part[-1]) + 1) if together else part


def in_parts(work: Callable[[slice], Arrays], features: int, numbers: int) -> Arrays:
    """What ``work`` says of every part of the features, joined; ``numbers``: of one feature.

    It returns a dataclass of arrays whose last axis are the features of the part.
    """
    parts = list(column_parts(np.arange(features), numbers)) or [slice(0, 0)]
    whole = None
    for part in parts:
        own = work(part)
        arrays = {field.name: getattr(own, field.name) for field in fields(own)}
        if whole is None:
            empty = (np.empty((*x.shape[:-1], features), x.dtype) for x in arrays.values())
            whole = type(own)(*empty)
        for name, array in arrays.items():
            getattr(whole, name)[..., part] = array
    return whole
