"""YAML without its surprises.

YAML 1.1 reads ``no`` as false, ``007`` as 7 and ``12:30`` as 750, and a repeated key silently
wins over the first. Here each of these is a problem with file, line and key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from immunosep_omics.errors import Problems

Key = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_TRAPS = (
    (re.compile(r"(y|n|yes|no|on|off)$", re.I), "YAML reads this word as true or false"),
    (re.compile(r"[-+]?0[0-9_]+$"), "YAML may drop the leading zero"),
    (re.compile(r"[-+]?[0-9]+(:[0-9]+)+(\.[0-9]*)?$"), "YAML reads a:b as a number in base 60"),
    (re.compile(r"[-+]?0[xob][0-9a-f_]+$", re.I), "YAML reads this as a number in another base"),
    (re.compile(r"[-+]?[0-9]+_[0-9_]*$"), "YAML drops the underscores of a number"),
)
MOST_NODES = 100_000
"""Values of a file, the repeated ones counted: an alias of aliases could fill any memory."""

_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".nan": float("nan"), ".inf": float("inf"), "-.inf": float("-inf"),
}  # fmt: skip


@dataclass
class Document:
    """What a YAML file says, and on which line each key stands."""

    path: str
    data: Any = None
    lines: dict[Key, int] = field(default_factory=dict)

    def where(self, key: Key) -> str:
        """``file:line (a.b.c)`` of a key, or of the nearest key above it."""
        for length in range(len(key), -1, -1):
            if key[:length] in self.lines:
                line = f":{self.lines[key[:length]]}"
                break
        else:
            line = ""
        name = f" ({'.'.join(str(part) for part in key)})" if key else ""
        return f"{self.path}{line}{name}"


class _Reader:
    def __init__(self, document: Document, problems: Problems) -> None:
        self.document, self.problems = document, problems
        self.within: list[yaml.Node] = []
        self.count = 0

    def read(self, node: yaml.Node, key: Key) -> Any:
        self.document.lines.setdefault(key, node.start_mark.line + 1)
        self.count += 1
        in_itself = any(node is outer for outer in self.within)
        if in_itself or self.count == MOST_NODES:
            self._complain(
                key, node, "an alias (*) repeats too much: itself, or ever more of the file",
                "write out what it stands for",
            )  # fmt: skip
        if in_itself or self.count >= MOST_NODES:
            return None
        self.within.append(node)
        try:
            return self._read(node, key)
        finally:
            self.within.pop()

    def _read(self, node: yaml.Node, key: Key) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*key, place)) for place, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, key)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = name_node.value if isinstance(name_node, yaml.ScalarNode) else ""
            if not name:
                self._complain((*key,), name_node, "a key must be one word or text", "name the key")
                continue
            if name in found:
                first = self.document.lines[(*key, name)]
                self._complain(
                    (*key, name),
                    name_node,
                    f"key stated twice (first on line {first})",
                    "keep one of the two",
                )
                continue
            self.document.lines[(*key, name)] = name_node.start_mark.line + 1
            found[name] = self.read(value_node, (*key, name))
        return found

    def _scalar(self, node: yaml.ScalarNode, key: Key) -> Any:
        text = node.value
        if node.style is not None:
            return text
        if text in _WORDS:
            return _WORDS[text]
        for trap, why in _TRAPS:
            if trap.match(text):
                self._complain(
                    key,
                    node,
                    f"{text} is ambiguous ({why})",
                    f"write '{text}' in quotes, or the plain number, true or false that you mean",
                )
                return text
        if _INTEGER.match(text):
            return int(text)
        return float(text) if _FLOAT.match(text) else text

    def _complain(self, key: Key, node: yaml.Node, problem: str, remedy: str) -> None:
        name = ".".join(str(part) for part in key)
        where = f"{self.document.path}:{node.start_mark.line + 1}" + (f" ({name})" if name else "")
        self.problems.add(where, problem, remedy)


def read_yaml(path: Path, problems: Problems) -> Document:
    """Read one YAML file whose top is a mapping; whatever is wrong goes to `problems`."""
    document = Document(path=path.as_posix())
    try:
        text = path.read_text(encoding="utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except FileNotFoundError:
        problems.add(document.path, "no such file", "check the path")
        return document
    except (OSError, UnicodeDecodeError) as error:
        problems.add(document.path, f"cannot be read ({error})", "save it as UTF-8 text")
        return document
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "not valid YAML"
        problems.add(f"{document.path}{line}", f"not valid YAML: {what}", "mend this line")
        return document
    if node is None:
        problems.add(document.path, "the file is empty", "state at least the required keys")
    elif not isinstance(node, yaml.MappingNode):
        problems.add(
            document.path, "the file is not a list of 'key: value'", "see config/README.md"
        )
    else:
        document.data = _Reader(document, problems).read(node, ())
    return document
