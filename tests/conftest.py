"""Small cohorts in memory, with what is planted in them."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.assay import make_assay


def _cohort(name, patients=40, genes=60, shift=0.0, effect=0.0, share=0.5, assay="rna", seed=0,
            missing=0.0, repeats=1):  # fmt: skip
    """A normalised assay and its clinical table; the first ten genes differ by `effect`."""
    generator = np.random.default_rng([seed, *name.encode(), *assay.encode()])
    samples = patients * repeats
    who = np.repeat(np.arange(patients), repeats)
    group_of = (np.random.default_rng([seed, *name.encode()]).random(patients) < share).astype(int)
    group = group_of[who]
    values = generator.normal(size=(samples, genes)) + shift
    values[:, :10] += effect * group[:, None]
    values[generator.random(values.shape) < missing] = np.nan
    names = [f"{name}{number:03d}" for number in range(samples)]
    obs = pd.DataFrame(
        {
            "patient": [f"p{number}" for number in who],
            "cohort": name,
            "group": np.where(group, "ill", "well"),
            "event": group,
            "age": 50.0 + 5 * generator.normal(size=samples),
        },
        index=names,
    )
    columns = [f"G{number}" for number in range(genes)]
    var = pd.DataFrame({"feature": columns}, index=columns)
    made = make_assay(
        pd.DataFrame(values, index=names, columns=columns), obs, var, cohort=name, assay=assay,
        kind="expression", scale="log2",
    )  # fmt: skip
    clinical = obs.assign(sample=names)[["sample", "patient", "cohort", "group", "event", "age"]]
    return made, clinical.reset_index(drop=True)


@pytest.fixture(scope="session")
def cohort():
    """Makes one cohort: a normalised assay and a clinical table."""
    return _cohort


@pytest.fixture(scope="session")
def cohorts():
    """Makes several cohorts: their assays, and one clinical table."""

    def make(names, **options):
        made = [_cohort(name, **options) for name in names]
        return [assay for assay, _ in made], pd.concat([c for _, c in made], ignore_index=True)

    return make


@pytest.fixture(scope="session")
def one_endotype():
    """An endotype table that names every sample E1."""

    def make(clinical, labels="E1"):
        return clinical[["sample", "patient", "cohort"]].assign(part="discovery", endotype=labels)

    return make
