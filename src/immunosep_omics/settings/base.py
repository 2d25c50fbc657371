"""What every settings class shares, and how its mistakes are told."""

from __future__ import annotations

import copy
import re
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from immunosep_omics.errors import Problems, did_you_mean
from immunosep_omics.settings.strict_yaml import Document, Key

_WANTED = {
    "string_type": ("a text", "write it in quotes"),
    "list_type": ("a list", "write it in brackets, as in [a, b]"),
    "dict_type": ("a list of `key: value`", "write it in braces, as in {key: value}"),
    "model_type": ("a list of `key: value`", "write it in braces, as in {key: value}"),
    "int_type": ("a whole number", "write a whole number"),
    "int_parsing": ("a whole number", "write a whole number"),
    "int_from_float": ("a whole number", "write a whole number"),
    "float_type": ("a number", "write a number"),
    "float_parsing": ("a number", "write a number"),
    "bool_type": ("true or false", "write true or false"),
    "bool_parsing": ("true or false", "write true or false"),
}
"""What kinds of value are wanted, and how they are written."""


class Settings(BaseModel):
    """A section of the configuration: unknown keys are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


S = TypeVar("S", bound=Settings)
T = TypeVar("T")


def validate(model: type[S], document: Document, problems: Problems) -> S | None:
    """Check a document against a settings class; every mistake is told, with its line.

    A class is checked as a whole only where its keys are sound; so what is not is taken out and the
    rest is looked at again, for what contradicts itself elsewhere.
    """
    if document.data is None:
        return None
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    _tell(faults, document, model, problems)
    data, removed = copy.deepcopy(document.data), set[Key]()
    while gone := {_remove(data, _as_written(fault["loc"], data)) for fault in faults} - {()}:
        removed |= gone
        try:
            model.model_validate(data)
            break
        except ValidationError as error:
            faults = error.errors(include_url=False)
        _tell([f for f in faults if _is_new(f, data, removed)], document, model, problems)
    return None


def _is_new(fault: Any, data: Any, removed: set[Key]) -> bool:
    """Whether a mistake is no consequence of what was taken out."""
    key = _as_written(fault["loc"], data)
    if fault["type"] != "value_error" or any(gone[:-1] == key for gone in removed):
        return False
    words = set(re.findall(r"\w+", fault["msg"]))
    return words.isdisjoint(str(part) for gone in removed for part in gone[len(key) :])


def _tell(
    faults: Sequence[Any], document: Document, model: type[BaseModel], problems: Problems
) -> None:
    unfit: dict[Key, list[Any]] = {}
    for fault in faults:
        key = _as_written(fault["loc"], document.data)
        if fault["type"] in _WANTED:
            unfit.setdefault(key, []).append(fault)
            continue
        problem, remedy = _explain(fault, model)
        problems.add(document.where(key), problem, remedy)
    for key, of_key in unfit.items():
        problems.add(document.where(key), *_of_another_kind(of_key))


def valid(read: Callable[[Any], T], stated: Any) -> T | None:
    """What a settings class makes of a part of a document; None where it is not valid."""
    try:
        return read(stated)
    except ValidationError:
        return None


def without_faults(model: type[S], document: Document, below: str) -> S | None:
    """What a document says without its mistakes, so that the rest can be checked with other files.

    None where a mistake stands elsewhere than `below` this key, or all of that is one.
    """
    data = copy.deepcopy(document.data)
    while data is not None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            keys = {_as_written(fault["loc"], data) for fault in error.errors(include_url=False)}
        for key in keys:
            if len(key) < 2 or key[0] != below:
                return None
            _remove(data, key)
    return None


def _remove(data: Any, key: Key) -> Key:
    """Take the innermost key that exists out; a list as a whole, since places would shift.

    Gives the key that is gone; none where there was nothing to take.
    """
    if not key:
        return ()
    parents = [data]
    for part in key[:-1]:
        inner = parents[-1].get(part) if isinstance(parents[-1], dict) else parents[-1][part]
        if not isinstance(inner, dict | list):
            break
        parents.append(inner)
    for place, parent in reversed(list(enumerate(parents))):
        if isinstance(parent, dict) and key[place] in parent:
            del parent[key[place]]
            return key[: place + 1]
    return ()


def _as_written(loc: tuple[str | int, ...], data: Any) -> Key:
    """Drop the parts of a location that name a branch of a union, not a key of the file."""
    key: list[str | int] = []
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if isinstance(data, dict) and isinstance(part, str) and (part in data or last):
            key.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            key.append(part)
            data = data[part]
    return tuple(key)


def _of_another_kind(faults: list[Any]) -> tuple[str, str]:
    """One message for a value that is of none of the kinds that may stand there."""
    wanted = dict.fromkeys(_WANTED[fault["type"]] for fault in faults)
    kinds = " or ".join(dict.fromkeys(kind for kind, _ in wanted))
    remedies = "; or ".join(dict.fromkeys(remedy for _, remedy in wanted))
    return f"{kinds} is wanted here (found {faults[0]['input']!r})"[:300], (
        f"correct the value: {remedies}"
    )


def _explain(fault: Any, model: type[BaseModel]) -> tuple[str, str]:
    kind, name = fault["type"], str(fault["loc"][-1]) if fault["loc"] else ""
    context = fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key '{name}'", did_you_mean(name, _keys_beside(fault["loc"], model))
    if kind == "missing":
        return f"the key '{name}' is missing", "add it"
    if kind == "union_tag_not_found":
        tag = str(context.get("discriminator", "")).strip("'")
        return f"the key '{tag}' is missing", "add it"
    if kind == "union_tag_invalid":
        valid = [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]
        return f"unknown {context['discriminator']} '{context['tag']}'", did_you_mean(
            str(context["tag"]), valid
        )
    if kind == "literal_error":
        valid = [v.strip(" '") for v in str(context["expected"]).replace(" or ", ",").split(",")]
        return f"'{fault['input']}' is not valid here", did_you_mean(str(fault["input"]), valid)
    message = fault["msg"].removeprefix("Value error, ")
    problem, _, remedy = message.partition(" -> ")
    # What is wrong with a whole block names its keys itself.
    found = "" if isinstance(fault["input"], dict) else f" (found {fault['input']!r})"
    return f"{problem}{found}"[:300], remedy or "correct the value"


def _keys_beside(loc: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    """The keys that are valid where the last part of a location stands."""
    classes: list[Any] = [model]
    for part in loc[:-1]:
        classes = [inner for outer in classes for inner in _below(outer, part)] or classes
    return sorted({key for c in classes if _is_settings(c) for key in field_names(c)})


def field_names(model: type[BaseModel]) -> list[str]:
    """The keys of a settings class as they are written in a file."""
    return [info.alias or name for name, info in model.model_fields.items()]


def _below(outer: Any, part: str | int) -> list[Any]:
    if not _is_settings(outer):
        return []
    for name, info in outer.model_fields.items():
        if part in (name, info.alias):
            return _classes_in(info.annotation)
    tagged = [f.default for f in outer.model_fields.values()]
    return [outer] if part in tagged or part == outer.__name__ else []


def _classes_in(annotation: Any) -> list[Any]:
    if _is_settings(annotation):
        return [annotation]
    if isinstance(annotation, types.GenericAlias) or typing.get_origin(annotation) is not None:
        return [c for inner in typing.get_args(annotation) for c in _classes_in(inner)]
    return []


def _is_settings(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)
