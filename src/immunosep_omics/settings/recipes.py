"""Recipes: the steps that normalise each kind of assay, in order."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, ValidationError, field_validator

from immunosep_omics.errors import did_you_mean
from immunosep_omics.settings.base import Settings, field_names
from immunosep_omics.settings.tables import Name


class Step(Settings):
    """A step of a recipe; the word in the recipe is its class's `word`."""

    word: ClassVar[str]
    of_counts: ClassVar[bool] = False
    of_linear: ClassVar[bool] = False
    of_npx: ClassVar[bool] = False
    keeps_values: ClassVar[bool] = False


class FilterLow(Step):
    """Drop features with too few counts to say anything (edgeR's filterByExpr rule)."""

    word: ClassVar[str] = "filter_low"
    of_counts: ClassVar[bool] = True
    keeps_values: ClassVar[bool] = True
    min_count: float = Field(10, ge=0)
    min_total_count: float = Field(15, ge=0)


class FilterMissing(Step):
    """Drop features that are missing in too many samples."""

    word: ClassVar[str] = "filter_missing"
    keeps_values: ClassVar[bool] = True
    max_missing: float = Field(0.7, ge=0, lt=1)


class Tmm(Step):
    """Trimmed mean of M-values: effective library sizes."""

    word: ClassVar[str] = "tmm"
    of_counts: ClassVar[bool] = True
    keeps_values: ClassVar[bool] = True


class Rle(Step):
    """Relative log expression: effective library sizes."""

    word: ClassVar[str] = "rle"
    of_counts: ClassVar[bool] = True
    keeps_values: ClassVar[bool] = True


class UpperQuartile(Step):
    """Upper quartiles: effective library sizes."""

    word: ClassVar[str] = "upper_quartile"
    of_counts: ClassVar[bool] = True
    keeps_values: ClassVar[bool] = True


class LogCpm(Step):
    """Log2 counts per million."""

    word: ClassVar[str] = "log_cpm"
    of_counts: ClassVar[bool] = True
    prior_count: float = Field(2, gt=0)


class Vst(Step):
    """Variance stabilisation of counts, in place of `tmm` and `log_cpm`."""

    word: ClassVar[str] = "vst"
    of_counts: ClassVar[bool] = True


class Log2(Step):
    """Log2 of linear values; values on a log scale already pass unchanged."""

    word: ClassVar[str] = "log2"


class Vsn(Step):
    """Variance stabilisation of linear intensities, in place of `log2` and `median_centre`."""

    word: ClassVar[str] = "vsn"
    of_linear: ClassVar[bool] = True


class Bridge(Step):
    """Bring a project to another's scale by samples that both measured (the assay's `bridge`)."""

    word: ClassVar[str] = "bridge"
    of_npx: ClassVar[bool] = True
    paired: bool = Field(
        True, description="the median of the samples' differences, or else that of the medians"
    )


class Intensity(Step):
    """Bring every plate's median to that of all; only where people were put there at random."""

    word: ClassVar[str] = "intensity"
    of_npx: ClassVar[bool] = True
    by: Name = Field("plate", description="clinical column of plates, if the file names none")


class Quantile(Step):
    """Quantile normalisation within the cohort."""

    word: ClassVar[str] = "quantile"


class MedianCentre(Step):
    """Bring every sample to the same median over the features it has."""

    word: ClassVar[str] = "median_centre"


STEPS: dict[str, type[Step]] = {
    step.word: step
    for step in (
        FilterLow,
        FilterMissing,
        Tmm,
        Rle,
        UpperQuartile,
        LogCpm,
        Vst,
        Log2,
        Vsn,
        Bridge,
        Intensity,
        Quantile,
        MedianCentre,
    )
}

Recipe = list[Any]


def _recipe(steps: object, kind: str) -> list[Step]:
    if not isinstance(steps, list):
        raise ValueError(f"the recipe of {kind} must be a list of steps -> write [step, step]")
    found = []
    for step in steps:
        if isinstance(step, Step):
            found.append(step)
            continue
        word, options = (step, {}) if isinstance(step, str) else _one_key(step, kind)
        if word not in STEPS:
            raise ValueError(f"unknown step '{word}' -> {did_you_mean(word, STEPS)}")
        found.append(_step(word, options or {}))
    _values_as_needed(found, kind)
    return found


def _values_as_needed(steps: list[Step], kind: str) -> None:
    """Steps of counts, linear values or NPX get them: of the right kind, and not yet changed."""
    changed = ""
    without = {
        "counts": kind != "rna_counts",
        "linear values": kind in ("rna_counts", "olink_npx"),
        "NPX": kind != "olink_npx",
    }
    for step in steps:
        for what, needed in zip(
            without, (step.of_counts, step.of_linear, step.of_npx), strict=True
        ):
            lost = f"{kind} has none" if without[what] else changed
            if needed and lost:
                raise ValueError(
                    f"'{step.word}' is for {what}, and {lost} -> leave it out of {kind}'s recipe,"
                    " or put it first"
                )
        if not step.keeps_values:
            changed = changed or f"'{step.word}' before it leaves none"


def _step(word: str, options: Any) -> Step:
    try:
        return STEPS[word].model_validate(options)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key, valid = ".".join(str(part) for part in fault["loc"]), field_names(STEPS[word])
        what = "unknown option" if fault["type"] == "extra_forbidden" else fault["msg"]
        raise ValueError(f"{word}: {what} '{key}' -> {did_you_mean(key, valid)}") from None


def _one_key(step: object, kind: str) -> tuple[str, Any]:
    if not isinstance(step, dict) or len(step) != 1:
        raise ValueError(
            f"a step of {kind} is a word or one 'word: {{options}}' -> split it into steps"
        )
    return next(iter(step.items()))


class Recipes(Settings):
    """One recipe per kind of assay; kinds not stated keep these defaults."""

    rna_counts: Recipe = [FilterLow(), Tmm(), LogCpm()]
    rna_array: Recipe = [Log2(), Quantile()]
    expression: Recipe = [Log2()]
    ms_proteins: Recipe = [Log2(), FilterMissing(), MedianCentre()]
    olink_npx: Recipe = [Bridge()]
    somascan: Recipe = [Log2()]
    cytokines: Recipe = [Log2(), FilterMissing()]
    metabolites: Recipe = [Log2(), FilterMissing()]

    @field_validator("*", mode="before")
    @classmethod
    def _steps(cls, steps: object, info: Any) -> list[Step]:
        return _recipe(steps, info.field_name)

    def of(self, kind: str) -> list[Step]:
        """The steps for a kind of assay."""
        return list(getattr(self, kind))
