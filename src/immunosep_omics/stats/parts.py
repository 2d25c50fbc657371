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
    size = _part_size(len(columns), numbers)
    for start in range(0, len(columns), size):
        part = columns[start : start + size]
        together = part[-1] - part[0] == len(part) - 1
        yield slice(int(part[0]), int(part[-1]) + 1) if together else part


def in_parts(work: Callable[[slice], Arrays], features: int, numbers: int) -> Arrays:
    """What ``work`` says of every part of the features, joined; ``numbers``: of one feature.

    It returns a dataclass of arrays whose last axis are the features of the part.
    """
    size = _part_size(features, numbers)
    own = work(slice(0, size))
    arrays = [getattr(own, field.name) for field in fields(own)]
    whole = type(own)(*(np.empty((*array.shape[:-1], features), array.dtype) for array in arrays))
    for start in range(0, features, size):
        part = slice(start, start + size)
        own = work(part) if start else own
        for field in fields(own):
            getattr(whole, field.name)[..., part] = getattr(own, field.name)
    return whole


def _part_size(features: int, numbers: int) -> int:
    numbers = max(numbers, 1)
    most = max(_FEWEST, _CACHED // numbers)
    return min(most, max(-(-features // _PARTS), -(-_SMALL // numbers)))
