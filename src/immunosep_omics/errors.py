"""What the user did wrong, in the user's words.

Only code that meets outside data (settings, ingest, assay checks, commands)
raises :class:`InputError`. Any other exception is a fault of ours and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it stands, what is wrong, what to do about it."""

    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem} -> {self.remedy}"


class InputError(Exception):
    """One or more problems with what came from outside, all reported at once."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


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

    def extend(self, error: InputError) -> None:
        """Note all problems of an error that was caught."""
        self._found.extend(error.problems)

    def __bool__(self) -> bool:
        return bool(self._found)

    def raise_any(self) -> None:
        """Raise :class:`InputError` if anything was noted; each problem once, in order."""
        if self._found:
            raise InputError(dict.fromkeys(self._found))


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """A remedy that names the nearest valid word, and all valid words when they are few."""
    known = [str(name) for name in valid]
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    choice = f"did you mean '{near[0]}'? " if near else ""
    shown = known if len(known) <= 30 else [*known[:30], f"... ({len(known)} in all)"]
    return f"{choice}valid: {', '.join(shown) if shown else 'none'}"
