"""The programs for raw reads."""

import sys
from pathlib import Path

import pytest

from immunosep_omics.ingest.reads import (
    check_programs,
    quantify_command,
    report,
    run,
    trim_command,
)


def test_absent_programs(monkeypatch, refused):
    monkeypatch.setenv("PATH", "")
    refused(check_programs, "salmon: ", "fastp: ", "apt install salmon", "bioconda fastp")


def test_versions(monkeypatch, tmp_path):
    for name in ("salmon", "fastp"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {name} 1.2.3 >&2\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert check_programs().to_numpy().tolist() == [["salmon", "1.2.3"], ["fastp", "1.2.3"]]


@pytest.mark.parametrize("mates", [1, 2])
def test_commands_name_each_file_of_a_sample(tmp_path, mates):
    reads = [Path(f"s_{number}.fq") for number in range(1, mates + 1)]
    command = trim_command(reads, tmp_path, Path("fastp.json"), 40)
    assert command[command.index("--thread") + 1] == "16"
    written = [Path(word) for word in command if word.startswith(str(tmp_path))]
    assert len(written) == mates
    for path in written:
        path.touch()
    command = quantify_command(Path("index"), tmp_path, Path("out"), 4)
    assert [word for word in command if word.startswith(str(tmp_path))] == list(map(str, written))
    assert ("--mates2" in command) == (mates == 2)


def test_a_program_that_fails(capsys, refused):
    code = "import sys; print('first'); print('the reason', file=sys.stderr); sys.exit(3)"
    refused(lambda: run([sys.executable, "-u", "-c", code], "sample s"), "sample s", "exit code 3",
            "the reason")  # fmt: skip
    assert "first" in capsys.readouterr().out


def test_no_report_without_multiqc(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    answered, reason = report(tmp_path, tmp_path / "out")
    assert answered == "no" and "not installed" in reason
