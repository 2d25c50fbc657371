"""The how-to page is run: commands are typed, files are written and changed, output is compared."""

import re
import shlex
from pathlib import Path

import pytest

from immunosep_omics import simulate
from immunosep_omics.cli import main

PAGE = Path(__file__).parents[1] / "docs/how-to/add-a-cohort.md"
BLOCK = re.compile(r"^```(console|yaml|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

DRAFT, STUDY = "cohorts/athens.yaml", "study.yaml"


@pytest.fixture
def athens(tmp_path, monkeypatch):
    """The folder that the page begins with."""
    world = simulate.load_world("separated")
    first = next(c for c in simulate.stream_cohorts(world, 1) if c.name == "athens")
    simulate.write([first], tmp_path / "data")
    monkeypatch.chdir(tmp_path)


def said(capsys, command):
    program, *arguments = shlex.split(command)
    assert program == "immunosep"
    main(arguments)
    captured = capsys.readouterr()
    return f"$ {command}\n{captured.out}{captured.err}"


def changed(block):
    """Replace the lines with `-` by those with `+` in the file named first, or the last known."""
    lines = block.splitlines()
    named = lines.pop(0).removeprefix("# ") if lines[0].startswith("# ") else None
    old, new = ([line[1:] for line in lines if line[0] == mark] for mark in "-+")
    files = [Path(named)] if named else [Path(DRAFT), Path(STUDY)]
    found = [file for file in files if file.is_file() and "\n".join(old) in file.read_text()]
    assert len(found) == 1, block
    text = found[0].read_text(encoding="utf-8")
    found[0].write_text(text.replace("\n".join(old), "\n".join(new), 1), encoding="utf-8")


@pytest.mark.usefixtures("athens")
def test_the_page_tells_what_happens(capsys):
    page = PAGE.read_text(encoding="utf-8")

    def real(match):
        kind, block = match.groups()
        if kind == "console":
            block = said(capsys, block.partition("\n")[0].removeprefix("$ "))
        elif kind == "diff":
            changed(block)
        elif block.startswith(f"# {STUDY}"):
            Path(STUDY).write_text(block, encoding="utf-8")
        else:
            block = Path(DRAFT).read_text(encoding="utf-8")
        return f"```{kind}\n{block}```"

    assert BLOCK.sub(real, page) == page
