import numpy as np
import pandas as pd
import pytest

from immunosep_omics.transforms.block import Block


@pytest.fixture
def make_block():
    """A block of normal values over two cohorts, with gaps if asked for."""

    def make(samples=40, features=30, missing=0.0, seed=1, cohorts=("a", "b")):
        generator = np.random.default_rng(seed)
        values = generator.normal(size=(samples, features))
        values[generator.random(values.shape) < missing] = np.nan
        index = [f"s{number}" for number in range(samples)]
        cohort = [cohorts[number % len(cohorts)] for number in range(samples)]
        control = np.arange(samples) < samples // 2
        described = pd.DataFrame(
            {"sample": index, "patient": index, "cohort": cohort, "control": control},
            index=index,
        )
        columns = [f"rna:G{number}" for number in range(features)]
        return Block(pd.DataFrame(values, index=index, columns=columns), described)

    return make
