"""The command line: what is not part of a run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from immunosep_omics import RESEARCH_USE, __version__
from immunosep_omics.errors import InputError, Problem, printable, tell
from immunosep_omics.settings.load import read_study
from immunosep_omics.settings.results import refuse_foreign_results

if TYPE_CHECKING:
    import pandas as pd


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0, or 1 where something must be mended first."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "check":
            return _check(chosen.configfile, chosen.table)
        return _new_cohort(chosen.files, chosen.name, chosen.output)
    except InputError as error:
        print(tell(error), file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="immunosep",
        description=f"Sepsis multi-omics: endotypes and biomarkers. {RESEARCH_USE}",
    )
    parser.add_argument("--version", action="version", version=f"immunosep-omics {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check a study file and its cohorts, without a run")
    check.add_argument("--configfile", type=Path, default=Path("config/config.yaml"))
    check.add_argument(
        "--table", type=Path, help="where the verdicts are written (default: <results>/check.tsv)"
    )
    new = commands.add_parser("new-cohort", help="draft a cohort file from its data files")
    new.add_argument("files", type=Path, nargs="+", metavar="FILE", help="files, or folders")
    new.add_argument("--name", help="name of the cohort (default: of the files' folder)")
    new.add_argument("--output", type=Path, help="a new file for the draft (default: the terminal)")
    return parser


def _check(configfile: Path, table: Path | None) -> int:
    stated = read_study([configfile])
    from immunosep_omics.ingest.check import check_files, check_study, summary

    if stated.loaded is None:
        raise InputError([*stated.problems, *check_files(stated.cohorts, tell=_say)])
    loaded = stated.loaded
    check = check_study(loaded, tell=_say)
    target = table or Path(loaded.study.results) / "check.tsv"
    if table is None:
        refuse_foreign_results(target.parent, loaded.study.study)
    if check.cohorts:
        _write(check.questions, target)
        for line in summary(check.questions):
            _say(line)
        _say(f"All verdicts, with the patients concerned: {target.as_posix()}")
    if check.problems:
        raise InputError(check.problems)
    read = len(loaded.cohorts) - len(check.unwritten)
    _say(f"No problem in {configfile.as_posix()} and the files of its cohorts ({read} read)")
    return 0


def _new_cohort(files: list[Path], name: str | None, output: Path | None) -> int:
    from immunosep_omics.ingest.draft import draft_cohort

    if output is not None and output.exists():
        raise InputError(_there_already(output))
    draft = draft_cohort(files, name, output)
    if output is None:
        sys.stdout.write(draft.text)
    else:
        _create(output, draft.text)
    for line in draft.remarks:
        print(printable(line), file=sys.stderr)
    written = "the draft" if output is None else output.as_posix()
    count = len(draft.remarks)
    left = f"; {count} remark{'s' if count > 1 else ''} above" if count else ""
    print(printable(f"Next: read {written}, then `immunosep check`{left}"), file=sys.stderr)
    return 0


def _there_already(path: Path) -> Problem:
    return Problem(path.as_posix(), "this file is there already", "name another in --output")


def _create(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(_there_already(path)) from None
    except OSError as error:
        raise InputError(
            Problem(path.as_posix(), f"cannot be written ({error.strerror})", "name another")
        ) from None


def _write(table: pd.DataFrame, path: Path) -> None:
    from immunosep_omics.tables import write_table

    try:
        write_table(table, path)
    except OSError as error:
        raise InputError(
            Problem(
                path.as_posix(), f"cannot be written ({error.strerror})",
                "name another file with --table",
            )
        ) from None  # fmt: skip


def _say(line: str) -> None:
    sys.stdout.write(f"{printable(line)}\n")
    sys.stdout.flush()
