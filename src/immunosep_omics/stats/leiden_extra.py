"""Whether Leiden's libraries, which are GPL and never installed by default, are there."""

from __future__ import annotations

from importlib.util import find_spec


def leiden_installed() -> bool:
    """Whether the ``leiden`` extra is installed."""
    return find_spec("leidenalg") is not None and find_spec("igraph") is not None
