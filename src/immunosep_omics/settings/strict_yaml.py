"""YAML without its surprises.

YAML 1.1 reads ``no`` as false, ``007`` as 7 and ``12:30`` as 750, and a repeated key silently
wins over the first. Here each of these is a problem with file, line and key. So is what no
configuration needs: merge keys, tags, and aliases that make a small file fill the memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from immunosep_omics.errors import Problems

Key = tuple[str | int, ...]

MOST_VALUES = 200_000
"""Values that a file may hold once its aliases are written out."""

_PLAIN_TAG = re.compile(r"tag:yaml\.org,2002:(?!python)|\?$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_TRAPS = (
    (re.compile(r"(y|n|yes|no|on|off)$", re.I), "YAML reads this word as true or false"),
    (re.compile(r"[-+]?0[0-9_]+$"), "YAML may drop the leading zero"),
    (re.compile(r"[-+]?[0-9]+(:[0-9]+)+(\.[0-9]*)?$"), "YAML reads a:b as a number in base 60"),
    (re.compile(r"[-+]?0[xob][0-9a-f_]+$", re.I), "YAML reads this as a number in another base"),
    (re.compile(r"[-+]?[0-9]+_[0-9_]*$"), "YAML drops the underscores of a number"),
)

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
        self._values, self._open = 0, set[int]()

    def read(self, node: yaml.Node, key: Key) -> Any:
        self._values += 1
        if self._values > MOST_VALUES:
            if self._values == MOST_VALUES + 1:
                self._complain(
                    (), node, f"the file holds more than {MOST_VALUES:,} values, written out",
                    "no configuration needs that many: remove its aliases (*name)",
                )  # fmt: skip
            return None
        self.document.lines.setdefault(key, node.start_mark.line + 1)
        if not _PLAIN_TAG.match(node.tag):
            self._complain(key, node, f"the tag '{node.tag}' is not read", "remove it")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, key)
        if id(node) in self._open:
            self._complain(key, node, "an alias stands inside what it stands for", "remove it")
            return None
        self._open.add(id(node))
        found: Any
        if isinstance(node, yaml.MappingNode):
            found = self._mapping(node, key)
        else:
            assert isinstance(node, yaml.SequenceNode)
            found = [self.read(child, (*key, place)) for place, child in enumerate(node.value)]
        self._open.discard(id(node))
        return found

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = name_node.value if isinstance(name_node, yaml.ScalarNode) else ""
            if not name:
                self._complain((*key,), name_node, "a key must be one word or text", "name the key")
                continue
            if name == "<<":
                self._complain(
                    key, name_node, "merge keys (<<) are not read",
                    "write the keys out, or let an alias (*name) stand for a whole value",
                )  # fmt: skip
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
        control = _CONTROL.search(text)
        if control:
            self._complain(
                key, node, f"the text holds a control character ({control.group()!r})", "remove it"
            )
            return ""
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
    except OSError as error:
        problems.add(document.path, f"cannot be read ({error.strerror})", "name a file of yours")
        return document
    except UnicodeDecodeError as error:
        number = error.object[: error.start].count(b"\n") + 1
        problems.add(f"{document.path}:{number}", "is not UTF-8 text", "save it as UTF-8 text")
        return document
    except RecursionError:
        problems.add(document.path, "brackets are nested too deeply", "mend the brackets")
        return document
    except ReaderError as error:
        number = text[: error.position].count("\n") + 1
        problems.add(
            f"{document.path}:{number}",
            f"holds a character that YAML has not ({chr(error.character)!r})",
            "remove it",
        )  # fmt: skip
        return document
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "it cannot be parsed"
        remedy = "indent with blanks, not with tabs" if "'\\t'" in what else "mend this line"
        problems.add(f"{document.path}{line}", f"not valid YAML: {what}", remedy)
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
