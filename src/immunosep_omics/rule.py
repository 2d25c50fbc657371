"""The only module that knows Snakemake: opens a study for the rules, and runs a job for a script.

Nothing here imports a scientific package, so that a dry run stays quick.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from immunosep_omics.errors import InputError, tell
from immunosep_omics.provenance import code_token
from immunosep_omics.settings.load import LoadedStudy, load_study
from immunosep_omics.settings.plan import Plan, make_plan
from immunosep_omics.settings.results import refuse_foreign_results

# The module whose code, with all it imports, stands behind each stage's jobs.
STAGES = {
    "simulate": "immunosep_omics.simulate",
    "check": "immunosep_omics.ingest.check.cohort",
    "check_study": "immunosep_omics.ingest.check.questions",
    "ingest": "immunosep_omics.ingest",
    "reads": "immunosep_omics.ingest.reads",
    "quality": "immunosep_omics.ingest.quality.cohort",
    "normalise": "immunosep_omics.normalise",
    "integrate": "immunosep_omics.integrate",
    "harmonisation": "immunosep_omics.integrate.measures",
    "endotype": "immunosep_omics.endotype",
    "neighbours": "immunosep_omics.endotype.neighbours",
    "variants": "immunosep_omics.endotype.variants",
    "export": "immunosep_omics.integrate.export",
    "differential": "immunosep_omics.differential",
    "biomarkers": "immunosep_omics.biomarkers",
    "panels": "immunosep_omics.biomarkers.panels",
    "figures": "immunosep_omics.figures",
    "report": "immunosep_omics.report",
    "quality_pages": "immunosep_omics.report.cohort_quality",
    "provenance": "immunosep_omics.report.provenance",
}

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")
"""Variables that bound the threads of the libraries that a job uses."""

DEFAULT_STUDY = Path("config/config.yaml")
"""Runs when no study is named. Not the engine's `configfile:`, with which it would be merged."""


def open_study(workflow: Any) -> Plan:
    """Check the configuration and give the plan of all jobs; stop with every problem told.

    The YAML files are read here, not taken from the engine's `config`: only the files know of
    repeated keys and line numbers. `--config key=value` is laid over them.
    """
    settings = workflow.config_settings
    try:
        files = [_near(path) for path in workflow.configfiles]
        if not files and DEFAULT_STUDY.is_file():
            files = [DEFAULT_STUDY]
        loaded = load_study(files, settings.config)
        tokens = {stage: code_token(name) for stage, name in STAGES.items()}
        plan = make_plan(loaded, tokens, _generated(loaded))
        refuse_foreign_results(Path(plan["results"]), plan["study"])
    except InputError as error:
        print(tell(error), file=sys.stderr)
        sys.exit(1)
    return plan


def _generated(loaded: LoadedStudy) -> list[str]:
    """Raw files that a generated study will write, below the folder of simulated data."""
    if loaded.study.simulate is None:
        return []
    from immunosep_omics.simulate import files, load_world

    written = files(load_world(loaded.study.simulate.world))
    return [file for names in written.values() for file in names]


def _near(path: Path | str) -> Path:
    """A path as the user would write it: relative where that is shorter."""
    relative = os.path.relpath(path)
    return Path(relative if not relative.startswith("../../..") else path)


class _Tee:
    """Writes to the job's log and to the terminal."""

    def __init__(self, *streams: Any) -> None:
        self._streams = streams

    def write(self, text: str) -> int:
        for stream in self._streams:
            stream.write(text)
        return len(text)

    def flush(self) -> None:
        for stream in self._streams:
            stream.flush()


@contextmanager
def job(snakemake: Any) -> Iterator[Any]:
    """Run a script's work: log kept, user's mistakes told without a traceback, threads bounded."""
    threads = str(snakemake.threads)
    for variable in THREADS:
        os.environ[variable] = threads
    path = Path(str(snakemake.log[0]))
    path.parent.mkdir(parents=True, exist_ok=True)
    outer = sys.stdout, sys.stderr
    with path.open("w", encoding="utf-8") as log:
        sys.stdout, sys.stderr = log, _Tee(log, outer[1])
        try:
            yield snakemake
        except InputError as error:
            print(tell(error), file=sys.stderr)
            raise SystemExit(1) from None
        except Exception:
            traceback.print_exc()
            raise SystemExit(1) from None
        finally:
            sys.stdout, sys.stderr = outer
