"""config/README.md is the one place where keys are explained: it must name every one of them."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from immunosep_omics.ingest import READERS
from immunosep_omics.settings.assays import Kind
from immunosep_omics.settings.base import field_names
from immunosep_omics.settings.cohort import Cohort
from immunosep_omics.settings.load import DERIVED_FROM
from immunosep_omics.settings.recipes import STEPS
from immunosep_omics.settings.study import DropFlag, Study

README = (Path(__file__).parents[2] / "config/README.md").read_text(encoding="utf-8")

IN_CODE = {
    word
    for code in re.findall(r"^```.*?^```|`[^`\n]+`", README, re.MULTILINE | re.DOTALL)
    for word in re.findall(r"[A-Za-z][A-Za-z0-9_]*", code)
}
"""Words in blocks and spans of code."""


def _classes(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _classes(field.annotation)
    for inner in get_args(annotation):
        yield from _classes(inner)


CLASSES = sorted(
    {*_classes(Study), *_classes(Cohort), *STEPS.values()}, key=lambda found: found.__name__
)


@pytest.mark.parametrize("found", CLASSES, ids=lambda found: found.__name__)
def test_every_key_is_explained(found):
    assert set(field_names(found)) <= IN_CODE


@pytest.mark.parametrize(
    "words", [READERS, get_args(Kind), DERIVED_FROM, get_args(DropFlag), STEPS],
    ids=["formats", "kinds", "computed columns", "flags", "steps"],
)  # fmt: skip
def test_every_word_of_a_list_is_explained(words):
    assert set(words) <= IN_CODE
