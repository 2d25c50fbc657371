"""What panels say when a question cannot be answered, or only within one cohort."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from immunosep_omics.biomarkers.panels import INTERNAL_WARNING, build_panels
from immunosep_omics.transforms.panel import PanelRecipe

SAMPLES = [f"s{n}" for n in range(40)]
RECIPE = PanelRecipe({"method": "none"}, 5, 0.5)


def cohort(name, labels):
    generator = np.random.default_rng(5)
    values = generator.normal(size=(40, 12))
    values[:, 0] += 3 * (np.asarray(labels) == labels[0])
    return ad.AnnData(
        values,
        obs=pd.DataFrame({"cohort": name, "patient": SAMPLES}, index=SAMPLES),
        var=pd.DataFrame(index=[f"g{n}" for n in range(12)]),
        uns={"cohort": name, "assay": "rna"},
    )


def rows(name, **columns):
    return pd.DataFrame({"sample": SAMPLES, "patient": SAMPLES, "cohort": name, **columns})


def build(cohorts, endotypes, clinical, event=None):
    outcome = {"event": event} if event else None
    return build_panels(cohorts, clinical, endotypes, outcome, RECIPE, 1, "main")


@pytest.mark.parametrize("values", [["died"] * 20 + ["alive"] * 20, [2.0] * 20 + [1.0, 0.0] * 10])
def test_an_outcome_other_than_0_and_1_is_not_answered(values):
    one = cohort("a", [0] * 40)
    built = build([one], rows("a", endotype="E1"), rows("a", event=values), "event")
    status = built.status.set_index("question")
    assert status.at["outcome panel: event", "answered"] == "no"
    assert "0 and 1" in status.at["outcome panel: event", "reason"]
    assert built.panels.empty


def test_an_endotype_panel_of_one_cohort_is_called_internal():
    labels = ["E1"] * 20 + ["E2"] * 20
    built = build([cohort("a", labels)], rows("a", endotype=labels), rows("a"))
    assert built.panels["warning"].str.startswith(INTERNAL_WARNING).all()
    assert built.panels["estimate"].gt(0.8).all()
    status = built.status.set_index("question").loc["endotype panel"]
    assert status["answered"] == "partly"
    assert "held-out patients" in status["reason"]


def test_endotypes_that_each_lie_in_one_cohort_cannot_be_held_out():
    both = {"a": "E1", "b": "E2"}
    endotypes = pd.concat([rows(c, endotype=e) for c, e in both.items()], ignore_index=True)
    clinical = pd.concat([rows(c) for c in both], ignore_index=True)
    built = build([cohort(c, [0] * 40) for c in both], endotypes, clinical)
    status = built.status.set_index("question").loc["endotype panel"]
    assert status["answered"] == "no"
    assert "some endotype has too few samples" in status["reason"]
    assert built.panels.empty
