"""What every fitted step takes and gives: values with what is known of their samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Block:
    """Values (samples x features, NaN for missing) and what is known of each sample.

    `samples` has the same index as `values`. Steps never change a block; they give a new one.
    """

    values: pd.DataFrame
    samples: pd.DataFrame

    def with_values(self, values: pd.DataFrame) -> Block:
        """The same samples with other values."""
        return Block(values, self.samples)

    def rows(self, chosen: pd.Index | pd.Series | np.ndarray) -> Block:
        """The block with some of its samples, by name or by mask."""
        return Block(self.values.loc[chosen], self.samples.loc[chosen])


class Fitted(Protocol):
    """A step that has learned what it needs and can be applied to samples it never saw."""

    def apply(self, block: Block) -> Block:
        """The block after this step; uses nothing but the block and what was learned."""
        ...


Fit = Callable[[Block], Fitted]


@dataclass(frozen=True)
class Chain:
    """Fitted steps, in order."""

    steps: tuple[Fitted, ...]

    def apply(self, block: Block) -> Block:
        """The block after all steps."""
        for step in self.steps:
            block = step.apply(block)
        return block


def fit_chain(fits: Sequence[Fit], block: Block) -> tuple[Chain, Block]:
    """Fit each step on what the steps before it gave; the chain, and the block after it."""
    steps = []
    for fit in fits:
        step = fit(block)
        steps.append(step)
        block = step.apply(block)
    return Chain(tuple(steps)), block
