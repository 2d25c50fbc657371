"""Lanes of a sequencer: parts of one sample, which programs and hands name like samples."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from immunosep_omics.errors import Problems
from immunosep_omics.settings.assays import SAMPLE_MARK
from immunosep_omics.settings.files import sample_files

LANE = re.compile(r"(?<![A-Za-z0-9])(L00[1-8]|[Ll]ane[-_ ]?[1-8])(?![A-Za-z0-9])")
"""As Illumina's programs write it, or as people do."""

JOIN = (
    "a sample is one: add its lanes' counts up, or join its files before they are counted"
    " (FASTQ: cat S1_L00*_R1_001.fastq.gz > S1_R1.fastq.gz)"
)


def refuse_lanes(names: Iterable[str], where: str, problems: Problems) -> None:
    """Note samples that are lanes of one another; only where all names tell a lane."""
    lanes: dict[str, list[str]] = {}
    for name in names:
        if not LANE.search(name):
            return
        lanes.setdefault(LANE.sub("", name), []).append(name)
    several = [found for sample, found in lanes.items() if len(found) > 1 and sample]
    if several:
        problems.add(
            where, f"{len(several)} samples stand there lane by lane: {', '.join(several[0])}", JOIN
        )


def refuse_other_lanes(folder: Path, pattern: str, problems: Problems) -> None:
    """Note a pattern that names one lane where the files of others are beside it."""
    found = LANE.search(pattern)
    if not found or SAMPLE_MARK not in pattern:
        return
    own = found.group()
    others = [
        lane for lane in (own[:-1] + str(number) for number in range(1, 9))
        if lane != own and sample_files(folder, pattern.replace(own, lane))
    ]  # fmt: skip
    if others:
        problems.add(
            (folder / pattern).as_posix(),
            f"the pattern names lane {own} alone, and there are {', '.join(others)}", JOIN,
        )  # fmt: skip
