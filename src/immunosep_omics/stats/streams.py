"""Named random streams: the same name and seed always give the same numbers."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """An independent generator for one named purpose.

    The names, not the order of the calls, decide the numbers, so adding a cohort or an assay
    changes no other.
    """
    digest = hashlib.sha256("/".join(names).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))
