"""What the results came from, as files: settings, inputs, packages and a methods text."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from immunosep_omics.provenance import package_versions, sha256
from immunosep_omics.report.methods import methods_text
from immunosep_omics.tables import write_table, write_text


def write_provenance(
    settings: dict[str, Any],
    names: Sequence[str],
    files: Sequence[Path | str],
    clinical: Mapping[str, Mapping[str, Sequence[str]]],
    output: Path,
) -> None:
    """Write settings, inputs, packages, who reads which clinical column, and a methods text.

    `settings`: all settings with their defaults; `names`: what each of `files` is called in the
    table, free of the machine's own paths; `clinical`: by analysis and stage, the only clinical
    columns that the stage is given.
    """
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=100)
    write_text(text, output / "settings.yaml")
    rows = [
        (name, sha256(file), Path(file).stat().st_size)
        for name, file in zip(names, files, strict=True)
    ]
    write_table(pd.DataFrame(rows, columns=["file", "sha256", "bytes"]), output / "inputs.tsv")
    versions = {"python": platform.python_version()} | package_versions()
    packages = pd.DataFrame(list(versions.items()), columns=["package", "version"])
    write_table(packages, output / "packages.tsv")
    write_table(_columns_read(settings, clinical), output / "clinical_columns.tsv")
    write_text(methods_text(settings, versions), output / "methods.md")


def _columns_read(
    settings: Mapping[str, Any], clinical: Mapping[str, Mapping[str, Sequence[str]]]
) -> pd.DataFrame:
    """Which stage of which analysis sees which clinical column, and whether that is its outcome."""
    rows = []
    for analysis, stages in clinical.items():
        outcome = (settings["study"]["analyses"][analysis]["outcome"] or {}).get("event")
        rows += [
            (analysis, stage, column, "yes" if column == outcome else "no")
            for stage, columns in stages.items()
            for column in columns
        ]
    return pd.DataFrame(rows, columns=["analysis", "stage", "column", "outcome"])
