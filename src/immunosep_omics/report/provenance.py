"""What the results came from, as files: settings, inputs, packages and a methods text."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from immunosep_omics.provenance import package_versions, sha256
from immunosep_omics.report.methods import methods_text
from immunosep_omics.tables import write_table, write_text


def write_provenance(
    settings: dict[str, Any], names: Sequence[str], files: Sequence[Path | str], output: Path
) -> None:
    """Write `settings.yaml`, `inputs.tsv`, `packages.tsv` and `methods.md` into `output`.

    `settings`: all settings with their defaults; `names`: what each of `files` is called in the
    table, free of the machine's own paths.
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
    write_text(methods_text(settings, versions), output / "methods.md")
