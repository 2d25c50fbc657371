"""What the user did wrong, in the user's words.

Only code that meets outside data (settings, ingest, assay checks, commands)
raises :class:`InputError`. Any other exception is a fault of ours and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from difflib import get_close_matches

LONGEST = 1_500
"""Characters of a message; a name from a damaged file can have millions."""

LONGEST_WORD, MOST_WORDS = 200, 20_000
"""Beyond these, looking for the nearest word takes longer than reading the file."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it stands, what is wrong, what to do about it.

    Names from files are part of the texts: whatever would move the cursor, recolour the terminal
    or begin a line of its own is shown as an escape.
    """

    where: str
    problem: str
    remedy: str

    def __post_init__(self) -> None:
        for field in fields(self):
            text = printable(getattr(self, field.name))
            if len(text) > LONGEST:
                text = f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"
            object.__setattr__(self, field.name, text)

    def __str__(self) -> str:
        return f"{self.where}: {self.problem} -> {self.remedy}"


class InputError(Exception):
    """One or more problems with what came from outside, all reported at once."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def printable(text: str) -> str:
    """A text on one line, its control and direction marks as Python's escapes write them."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign == "\u00a0" else sign.encode("unicode_escape").decode()
        for sign in text
    )


def tell(error: InputError) -> str:
    """All problems of an error, as the user reads them."""
    count = len(error.problems)
    lines = [f"{count} problem{'s' if count != 1 else ''} with the input:"]
    for problem in error.problems:
        lines += [f"  {problem.where}", f"    {problem.problem}", f"    -> {problem.remedy}"]
    return "\n".join(lines)


class Problems:
    """Collects problems so that the user sees all of them in one go."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, where: str, problem: str, remedy: str) -> None:
        """Note one problem."""
        self._found.append(Problem(where, problem, remedy))

    def extend(self, other: InputError | Problems) -> None:
        """Note all problems of an error that was caught, or noted elsewhere."""
        self._found.extend(other.problems if isinstance(other, InputError) else other._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[Problem]:
        """Each problem once, in order."""
        return iter(dict.fromkeys(self._found))

    def raise_any(self) -> None:
        """Raise :class:`InputError` if anything was noted; each problem once, in order."""
        if self._found:
            raise InputError(dict.fromkeys(self._found))


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """A remedy that names the nearest valid word, and all valid words when they are few."""
    known = [str(name) for name in valid]
    comparable = len(word) <= LONGEST_WORD and len(known) <= MOST_WORDS
    near = get_close_matches(word, known, n=1, cutoff=0.6) if comparable else []
    choice = f"did you mean '{near[0]}'? " if near else ""
    shown = known if len(known) <= 30 else [*known[:30], f"... ({len(known)} in all)"]
    return f"{choice}valid: {', '.join(shown) if shown else 'none'}"
