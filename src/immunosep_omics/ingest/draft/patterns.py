"""Which files are one assay, a file per sample, and the one path with `*` that names them all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from immunosep_omics.ingest.draft.formats import Look
from immunosep_omics.settings.assays import SAMPLE_MARK
from immunosep_omics.settings.files import sample_files

EACH = ("star", "htseq", "salmon", "kallisto", "rsem", "featurecounts", "single_cell", "reads")
"""Formats of which there is usually one file per sample."""

SECOND_CHOICE = re.compile(r"\.isoforms\.|\.h5$|\.genes\.sf|raw_feature_bc_matrix|raw_gene_bc")
"""Names of what a program writes beside the file that is to be read."""

RESULTS: dict[str, tuple[str, ...]] = {
    "nf-core/rnaseq": (
        r"(.*)\.merged\.gene_counts\.tsv",
        r"(.*)\.merged\.(?:gene|transcript)_(?:counts|tpm|lengths?)\w*\.tsv",
    ),
    "DIA-NN": (
        r"(.*)\.pg_matrix\.tsv", r"(.*report)\.(?:tsv|parquet)",
        r"(.*)\.(?:unique_genes|gg|pr)_matrix\.tsv",
    ),
    "TMT-Integrator": tuple(
        rf"()(?:{values})_{of}_\w+\.tsv"
        for values in ("abundance", "ratio") for of in ("protein", "gene")
    ),
    "IonQuant": (r"()combined_protein\.tsv", r"()combined_\w+\.tsv", r"()MSstats\.csv"),
    "MaxQuant": (r"()proteinGroups\.txt", r"()evidence\.txt"),
}  # fmt: skip
"""Names of the files that a program writes beside each other, the one to be read first.

Their groups are what the person called the results: those of one name hold the same.
"""

GENERIC = re.compile(
    r"(quant|abundance|matrix|counts?|ReadsPerGene\.out|(sample_)?(filtered|raw)_(feature|gene)_bc_"
    r"matri(x|ces)(_h5)?|outs|count|gene_counts?|results?)(\.|$)",
    re.IGNORECASE,
)
"""Parts of a path that name what is in it, and no sample."""

OWN_ENDINGS = re.compile(
    r"([._-]?ReadsPerGene\.out\.tab|\.rna_seq\.augmented_star_gene_counts\.tsv"
    r"|\.(genes|isoforms)\.results|[._-]R?1(_001)?\.f(ast)?q"
    r"|[._-]matrix\.mtx|[._-](filtered|raw)_feature_bc_matrix\.h5)(\.gz)?$"
)
"""Ends of names that programs put after the sample's."""

MATE = re.compile(r"([._]R?)([12])((_001)?\.f(ast)?q(\.gz)?)$", re.IGNORECASE)


def groups(looks: list[Look]) -> tuple[list[list[Look]], list[tuple[list[Look], Look]]]:
    """Looks that belong together, and those that are left out, with the one that says the same."""
    kept: dict[object, list[Look]] = {}
    for look in looks:
        result = _result(look)
        each = look.format if look.format in EACH else (look.path, look.sheet)
        kept.setdefault(result[0] if result else each, []).append(look)
    found, doubled = [], []
    for group in kept.values():
        first = _first_choice(group)
        found.append(first)
        doubled.append(([look for look in group if look not in first], first[0]))
    for merged in [group[0] for group in found if group[0].format == "nfcore_rnaseq"]:
        # The pipeline merges the samples' files that lie in the folders beside its tables.
        beside = [
            group for group in found
            if group[0].format in EACH
            and all(merged.path.parent in look.path.parents for look in group)
        ]  # fmt: skip
        found = [group for group in found if group not in beside]
        doubled += [(group, merged) for group in beside]
    return found, [pair for pair in doubled if pair[0]]


def _first_choice(group: list[Look]) -> list[Look]:
    """Of files that say the same those to be read: one of a program's results, or one a sample."""
    ranks = {look.path: result[1] for look in group if (result := _result(look))}
    if ranks:
        return [min(group, key=lambda look: ranks[look.path])]
    first = [look for look in group if not SECOND_CHOICE.search(look.path.as_posix())]
    return first or group


def _result(look: Look) -> tuple[object, int] | None:
    """For a file of :data:`RESULTS`: which results it belongs to, and its place among them."""
    for program, patterns in RESULTS.items():
        for place, words in enumerate(patterns):
            named = re.fullmatch(words + r"(?:\.gz)?", look.path.name)
            if named:
                return (program, look.path.parent, named[1]), place
    return None


def mates(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """FASTQ files of first and of second reads, as their names have it."""
    second = [path for path in paths if (m := MATE.search(path.name)) and m[2] == "2"]
    return [path for path in paths if path not in second], second


def root_of(paths: list[Path]) -> Path:
    """The folder below which a pattern for these files can stand."""
    common = Path(os.path.commonpath([path.parent for path in paths]))
    if len(paths) > 1 or not GENERIC.match(paths[0].name):
        return common
    while GENERIC.match(common.name) and common != common.parent:
        common = common.parent
    return common.parent


def pattern(paths: list[Path], folder: Path, known: set[str]) -> str | None:
    """The path with `*` that names these files; None where there is none.

    Of several, one that names no others; then that whose names are most of the `known` ones; then
    that with the longest names.
    """
    relative = [path.relative_to(folder).as_posix() for path in paths]
    fitting = []
    for candidate in dict.fromkeys(_candidates(relative)):
        named = sample_files(folder, candidate)
        if set(named.values()) >= set(paths):
            met = sum(name in known for name in named)
            fitting.append((len(named) == len(paths), met, candidate))
    return max(fitting, key=lambda fit: fit[:2])[2] if fitting else None


def _candidates(files: list[str]) -> Iterator[str]:
    parts = [file.split("/") for file in files]
    if len({len(part) for part in parts}) > 1:
        return
    first = parts[0]
    varying = [n for n in range(len(first)) if len({part[n] for part in parts}) > 1]
    if not varying:
        varying = [len(first) - 1]
        while varying[0] > 0 and GENERIC.match(first[varying[0]]):
            varying = [varying[0] - 1]
    if len(varying) > 2:
        return
    at = varying[-1]
    before, after = "/".join(first[:at]), "/".join(first[at + 1 :])
    for piece in _pieces([part[at] for part in parts], at == len(first) - 1):
        if len(varying) == 1:
            yield "/".join(filter(None, [before, piece, after]))
        else:
            # The sample names its folder and its file: `star/*/*_ReadsPerGene.out.tab`.
            head = "/".join(first[: varying[0]])
            middle = "/".join(first[varying[0] + 1 : at])
            yield "/".join(filter(None, [head, SAMPLE_MARK, middle, piece, after]))


def _common(words: list[str]) -> str:
    """The letters with which all words begin."""
    first, last = min(words), max(words)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return first[: len(first) if same is None else same]


def _pieces(names: list[str], files: bool) -> Iterator[str]:
    """A name with `*` for a part of it: what all names end with, from a mark on, is left out."""
    head, tail = _common(names), _common([name[::-1] for name in names])[::-1]
    if len(names) == 1:
        ending = OWN_ENDINGS.search(names[0])
        head, tail = "", ending.group() if ending else "".join(Path(names[0]).suffixes)
        tail = tail if files else ""
    own = OWN_ENDINGS.search(tail)
    heads = [head[:cut] for cut in range(len(head) + 1) if not head[:cut][-1:].isalnum()]
    tails = [tail[cut:] for cut in range(len(tail) + 1) if not tail[cut:][:1].isalnum()]
    shortest = min(map(len, names))
    for begin in [*heads, head]:
        for end in [*([own.group()] if own else []), *tails, tail]:
            if len(begin) + len(end) < shortest:
                yield f"{begin}{SAMPLE_MARK}{end}"
