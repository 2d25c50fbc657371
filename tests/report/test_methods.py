"""Every choice of the settings has its words in the methods text, and its literature."""

import re
from typing import get_args

import pytest

from immunosep_omics.integrate import INTEGRATORS as JOINERS
from immunosep_omics.normalise import STEPS as FITTED
from immunosep_omics.report.methods import CLUSTERERS, HARMONISE, INTEGRATORS, STEPS
from immunosep_omics.report.references import REFERENCES
from immunosep_omics.settings import recipes
from immunosep_omics.settings.analysis import Consensus, Integrator
from immunosep_omics.settings.harmonise import Word
from immunosep_omics.stats.consensus import CLUSTERERS as BASE_CLUSTERERS
from immunosep_omics.transforms.harmonise import HARMONISERS


def test_words_of_recipes():
    assert set(STEPS) == set(recipes.STEPS) == set(FITTED)


def test_words_of_harmonisation():
    assert set(HARMONISE) == set(get_args(Word)) == set(HARMONISERS)


def test_words_of_integration():
    assert set(INTEGRATORS) == set(get_args(Integrator)) == set(JOINERS)


def test_words_of_clusterers():
    words = get_args(Consensus.model_fields["clusterer"].annotation)
    assert set(CLUSTERERS) == set(words) == set(BASE_CLUSTERERS)


@pytest.mark.parametrize(
    "text", [*INTEGRATORS.values(), *STEPS.values(), *HARMONISE.values(), *CLUSTERERS.values()]
)
def test_what_is_cited_is_in_the_references(text):
    cited = re.findall(r"([A-ZŞ][\w-]+(?: & [A-Z]\w+)? \d{4})", text)
    assert set(cited) <= set(REFERENCES)
