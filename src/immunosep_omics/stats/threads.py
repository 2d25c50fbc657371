"""How many threads matrix products may use."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

import numpy as np  # noqa: F401  its BLAS must be loaded before it can be found
from threadpoolctl import ThreadpoolController


def one_blas_thread() -> AbstractContextManager[None]:
    """Context (or decorator) in which every matrix product runs in the calling thread.

    For kernels that multiply many small matrices: handing each to several threads takes longer
    than the product itself, many times longer where other programs use the same processors.
    """
    limit: AbstractContextManager[None] = _controller().limit(limits=1, user_api="blas")
    return limit


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def blas_threads() -> int:
    """How many threads a matrix product would use now: the machine's cores, or what was allowed."""
    known = [library["num_threads"] for library in _controller().select(user_api="blas").info()]
    return max(known, default=1)
