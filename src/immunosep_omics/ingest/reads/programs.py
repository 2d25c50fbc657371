"""The programs that trim and quantify reads: fastp, salmon and, where installed, MultiQC."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems

PROGRAMS = ("salmon", "fastp")
"""What raw reads need. Debian and Bioconda name their packages alike."""

MOST_THREADS = 16
"""fastp takes no more."""


def check_programs() -> pd.DataFrame:
    """Version of each program (columns `program`, `version`); raises where one is absent."""
    problems = Problems()
    for program in PROGRAMS:
        if shutil.which(program) is None:
            problems.add(
                program, "the program is not installed, and `format: reads` needs it",
                f"`apt install {program}` (Debian) or `conda install -c bioconda {program}`;"
                " or give counts instead of reads",
            )  # fmt: skip
    problems.raise_any()
    rows = [(program, _version(program)) for program in PROGRAMS]
    return pd.DataFrame(rows, columns=["program", "version"])


def index_command(reference: Path, index: Path, threads: int) -> list[str]:
    """Salmon's index of the transcripts."""
    return [
        "salmon", "index", "--transcripts", str(reference), "--index", str(index),
        "--threads", str(threads),
    ]  # fmt: skip


def trim_command(reads: list[Path], folder: Path, summary: Path, threads: int) -> list[str]:
    """Adapters and low quality cut from one file of reads, or from two of mates."""
    command = ["fastp", "--thread", str(min(threads, MOST_THREADS))]
    for number, path in enumerate(reads, start=1):
        command += [f"--in{number}", str(path), f"--out{number}", str(trimmed(folder, number))]
    if len(reads) == 2:
        command.append("--detect_adapter_for_pe")
    return [*command, "--json", str(summary), "--html", os.devnull]


def quantify_command(index: Path, folder: Path, output: Path, threads: int) -> list[str]:
    """Salmon's estimates from trimmed reads; the kind of library is inferred."""
    paths = [path for path in (trimmed(folder, 1), trimmed(folder, 2)) if path.is_file()]
    marks = ["--mates1", "--mates2"] if len(paths) == 2 else ["--unmatedReads"]
    reads = [word for pair in zip(marks, map(str, paths), strict=True) for word in pair]
    return [
        "salmon", "quant", "--index", str(index), "--libType", "A", *reads,
        "--output", str(output), "--threads", str(threads),
    ]  # fmt: skip


def trimmed(folder: Path, number: int) -> Path:
    """The first or second file of trimmed reads."""
    return folder / f"{number}.fastq.gz"


def run(command: list[str], where: str) -> None:
    """Run a program; what it says goes to the job's log. Raises where it fails."""
    done = _call(command)
    sys.stdout.write(done.stdout)
    if done.returncode:
        said = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        raise InputError(
            Problem(
                where, f"{command[0]} stopped with exit code {done.returncode}:"
                f" {said[-1] if said else 'no message'}",
                "see the job's log; check the reads and the reference",
            )
        )  # fmt: skip


def report(folder: Path, output: Path) -> tuple[str, str]:
    """Run MultiQC over the samples' folders: `yes` or `no`, and why not."""
    if shutil.which("multiqc") is None:
        return "no", "MultiQC is not installed: `pip install multiqc`"
    command = ["multiqc", "--force", "--outdir", str(output), str(folder)]
    done = _call(command)
    sys.stdout.write(done.stdout)
    return (
        ("no", f"MultiQC stopped with exit code {done.returncode}")
        if done.returncode
        else ("yes", "")
    )


def _version(program: str) -> str:
    words = _call([program, "--version"]).stdout.split()
    return words[-1] if words else "unknown"


def _call(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a list of words, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        check=False,
    )  # fmt: skip
