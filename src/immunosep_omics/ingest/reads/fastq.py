"""Are files of reads what they should be? Seen at their first reads, before any long work."""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.files.text_file import GZIP
from immunosep_omics.ingest.name_likeness import lanes
from immunosep_omics.ingest.rna.counts import found_files
from immunosep_omics.ingest.rna.transcripts import genes_of_table
from immunosep_omics.settings.assays import Reads

SHOWN = 5

FIRST_OF_PAIR = re.compile(r"(?P<before>.*[._-]R?)1(?P<after>[._-].*)")
"""What tells the first of two files of mates: a_R1_001.fastq.gz, a_1.fq (the last such mark)."""

FIRST_LINES = 20_000
"""Of the reference, where it is not read to its end: several hundred transcripts."""


@dataclass(frozen=True)
class ReadsFound:
    """The samples, and the genes of the transcripts of the reference that were looked at."""

    samples: list[str]
    genes: list[str]


def check_reads(facts: Reads, folder: Path, first_only: bool = False) -> ReadsFound:
    """Raise :class:`InputError` for files that are no reads, lacking mates, a wrong reference.

    The first read of each file is looked at. The reference's names must be in the table
    `transcripts`; with `first_only`, its first lines are looked at.
    """
    problems = Problems()
    firsts = _files(folder, facts.file, problems)
    if facts.second is not None:
        seconds = _files(folder, facts.second, problems)
        if firsts and seconds:
            _tell_lacking(sorted(set(firsts) - set(seconds)), "second", facts.second, problems)
            _tell_lacking(sorted(set(seconds) - set(firsts)), "file", facts.file, problems)
    else:
        seconds = {}
        _tell_mates(firsts, facts.file, problems)
    _tell_lanes(list(firsts), facts.file, problems)
    samples = sorted({*firsts, *seconds})
    for sample in samples:
        pair = [files[sample] for files in (firsts, seconds) if sample in files]
        _check_pair(sample, pair, problems)
    genes = _check_reference(facts, folder, first_only, problems)
    problems.raise_any()
    return ReadsFound(samples, genes)


def _files(folder: Path, pattern: str, problems: Problems) -> dict[str, Path]:
    try:
        return found_files(folder, pattern, None)
    except InputError as error:
        problems.extend(error)
        return {}


def _tell_lacking(samples: list[str], key: str, pattern: str, problems: Problems) -> None:
    if samples:
        shown = ", ".join(samples[:SHOWN])
        problems.add(
            f"{pattern} ({key})", f"{len(samples)} samples of paired reads have no such file:"
            f" {shown}", "add the files, or take these samples' other files away",
        )  # fmt: skip


def _tell_mates(files: dict[str, Path], pattern: str, problems: Problems) -> None:
    """Second reads as samples of their own, or left out where nobody states them."""
    mates = {sample: mate for sample, path in files.items() if (mate := _mate_of(path))}
    own = [sample for sample, mate in mates.items() if mate in files.values()]
    beside = [mate.name for sample, mate in mates.items() if sample not in own]
    remedy = (
        "name the first reads in `file` and the second ones in `second`:"
        " `*_R1.fastq.gz` and `*_R2.fastq.gz`"
    )
    if own:
        problems.add(
            f"{pattern} (file)", f"{len(own)} samples are the first reads of pairs whose second"
            f" reads stand beside them as samples of their own: {', '.join(own[:SHOWN])}", remedy,
        )  # fmt: skip
    if beside:
        problems.add(
            f"{pattern} (second)", f"{len(beside)} files hold the mates of these reads, and"
            f" `second` does not name them: {', '.join(beside[:SHOWN])}", remedy,
        )  # fmt: skip


def _mate_of(path: Path) -> Path | None:
    """The file whose first read is the mate of this one's, beside it under the other number."""
    marked = FIRST_OF_PAIR.fullmatch(path.name)
    mate = path.with_name(f"{marked['before']}2{marked['after']}") if marked else path
    try:
        paired = mate != path and mate.is_file() and _first_name(path) == _first_name(mate)
    except InputError:
        return None
    return mate if paired else None


def _tell_lanes(samples: list[str], pattern: str, problems: Problems) -> None:
    parts = lanes(samples)
    if parts:
        problems.add(
            f"{pattern} (file)",
            f"{len(parts)} samples are lanes of one library: {', '.join(parts[:SHOWN])}",
            "join the lanes of each library first: `cat A_L00*_R1_001.fastq.gz > A_R1.fastq.gz`",
        )  # fmt: skip


def _check_pair(sample: str, pair: list[Path], problems: Problems) -> None:
    names = []
    for path in pair:
        try:
            names.append(_first_name(path))
        except InputError as error:
            problems.extend(error)
    if len(names) == 2 and names[0] != names[1]:
        problems.add(
            f"{pair[1].as_posix()}:1",
            f"the first read is not the mate of the one in {pair[0].name}",
            f"give both files of sample '{sample}' from one run, in the same order",
        )  # fmt: skip


def _first_name(path: Path) -> str:
    """The name that the first read shares with its mate; raises where there is no read."""
    lines = _first_lines(path, 4)
    if not lines:
        raise _problem(path, "the file is empty", "take the sample away, or get the file again")
    whole = len(lines) == 4 and lines[0][:1] == b"@" and lines[2][:1] == b"+"
    if not whole or len(lines[1]) != len(lines[3]):
        what = "FASTA, without qualities" if lines[0][:1] == b">" else "no FASTQ"
        raise _problem(path, f"the file is {what}", "give the FASTQ files of the sequencer")
    name = (lines[0][1:].split() or [b""])[0].decode("utf-8", "replace")
    return name[:-2] if name.endswith(("/1", "/2")) else name


def _check_reference(facts: Reads, folder: Path, first_only: bool, problems: Problems) -> list[str]:
    """The genes of the transcripts looked at, in order; their names where the table has none."""
    path = folder / facts.reference
    try:
        lines = _first_lines(path, FIRST_LINES if first_only else None)
        names = [line[1:].split()[0].decode() for line in lines if line[:1] == b">" and line[1:]]
        if not names or lines[0][:1] != b">":
            raise _problem(path, "the file is no FASTA", "give the sequences of the transcripts")
        genes, _ = genes_of_table(names, facts.transcripts, folder, path.as_posix(), not first_only)
    except InputError as error:
        problems.extend(error)
        return []
    return list(dict.fromkeys(gene for gene in genes if gene)) or names


def _first_lines(path: Path, count: int | None) -> list[bytes]:
    """The first lines of a plain or compressed file; all lines with names where all are asked."""
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == GZIP
        with gzip.open(path) if packed else path.open("rb") as stream:
            if count is None:
                return [line.rstrip() for n, line in enumerate(stream) if not n or line[:1] == b">"]
            return [line.rstrip(b"\r\n") for line in islice(stream, count)]
    except FileNotFoundError:
        raise _problem(path, "no such file", "check `folder` and the file's name") from None
    except (OSError, EOFError, zlib.error) as error:
        raise _problem(path, f"cannot be read ({error})", "get the file again") from None


def _problem(path: Path, problem: str, remedy: str) -> InputError:
    return InputError(Problem(path.as_posix(), problem, remedy))
