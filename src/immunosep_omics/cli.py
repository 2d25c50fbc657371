"""The command line: what is not part of a run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from immunosep_omics import RESEARCH_USE, __version__
from immunosep_omics.errors import InputError, tell
from immunosep_omics.settings.load import load_study


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    parser = argparse.ArgumentParser(
        prog="immunosep",
        description=f"Sepsis multi-omics: endotypes and biomarkers. {RESEARCH_USE}",
    )
    parser.add_argument("--version", action="version", version=f"immunosep-omics {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check a study file and its cohorts, without a run")
    check.add_argument("--configfile", type=Path, default=Path("config/config.yaml"))
    chosen = parser.parse_args(arguments)
    return _check(chosen.configfile)


def _check(configfile: Path) -> int:
    try:
        loaded = load_study([configfile])
    except InputError as error:
        print(tell(error), file=sys.stderr)
        return 1
    cohorts, analyses = len(loaded.cohorts), len(loaded.study.analyses)
    print(f"{configfile.as_posix()}: {cohorts} cohorts and {analyses} analyses are well described")
    return 0
