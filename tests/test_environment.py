"""What newcomers install: the lock, its licences, and nothing that names an index."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-leiden.lock"]

# Packages whose classifiers name GPL beside freer terms, and why they may stay (decision 1).
EXPLAINED = {"docutils": "public domain; the one GPL file is an Emacs helper that is not installed"}


def _names(lock):
    text = (REPOSITORY / lock).read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Za-z0-9._-]+)==", text, re.M))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash_and_no_index_is_named(lock):
    text = (REPOSITORY / lock).read_text(encoding="utf-8")
    assert "http" not in text
    assert "--index" not in text
    entries = re.split(r"^(?=\S)", text, flags=re.M)
    assert all("--hash=sha256:" in entry for entry in entries if "==" in entry)


def test_the_locks_agree_with_one_another():
    text = {lock: (REPOSITORY / lock).read_text(encoding="utf-8") for lock in LOCKS}
    pins = {lock: set(re.findall(r"^\S+==\S+", body, re.M)) for lock, body in text.items()}
    assert pins["requirements.lock"] <= pins["requirements-test.lock"]
    assert pins["requirements.lock"] <= pins["requirements-leiden.lock"]


def test_the_default_path_holds_no_gpl_package():
    found = []
    for name in sorted(_names("requirements.lock") - set(EXPLAINED)):
        try:
            said = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or Python
        licence = " ".join([
            said.get("License-Expression") or "", (said.get("License") or "")[:200],
            *(c for c in said.get_all("Classifier") or [] if c.startswith("License")),
        ])  # fmt: skip
        if re.search(r"(?<!L)GPL|General Public License", licence):
            found.append(f"{name}: {licence}")
    assert found == []
    assert not {"igraph", "leidenalg"} & _names("requirements.lock")


def test_conda_users_get_python_and_pip_only():
    import yaml

    stated = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    assert [re.split(r"[=<>]", entry)[0] for entry in stated["dependencies"]] == ["python", "pip"]


@pytest.mark.slow
def test_the_two_pip_lines_of_the_readme_work_in_a_bare_environment(tmp_path):
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    wanted = r"^pip (install --require-hashes -r requirements\.lock|install --no-deps \.)$"
    lines = re.findall(wanted, readme, re.M)
    assert len(lines) == 2
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "bare")], check=True)
    python = tmp_path / "bare/bin/python"
    for line in lines:
        subprocess.run([str(python), "-m", "pip", *line.split()], cwd=REPOSITORY, check=True)
    done = subprocess.run(
        [str(tmp_path / "bare/bin/snakemake"), "-s", str(REPOSITORY / "Snakefile"), "-n",
         "--configfile", str(REPOSITORY / "config/config.yaml")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "report" in done.stdout + done.stderr


@pytest.mark.parametrize("command", [["--version"], ["check", "--configfile"]])
def test_the_command_line_starts(command):
    script = Path(sys.executable).with_name("immunosep")
    if command[-1] == "--configfile":
        command = [*command, str(REPOSITORY / "config/config.yaml")]
    done = subprocess.run([str(script), *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# Modules that a job imports before it starts; those with scanpy are slow for its sake.
JOB_MODULES = [
    "ingest", "normalise", "integrate", "endotype", "differential", "biomarkers.panels",
    "report", "simulate",
]  # fmt: skip


@pytest.mark.parametrize("module", JOB_MODULES)
def test_no_job_imports_what_only_a_few_need(module):
    """The time itself is measured in docs/measured.md; a test must not depend on the clock."""
    code = (
        f"import sys, immunosep_omics.{module}\n"
        "print(*sorted({'scanpy', 'numba', 'statsmodels', 'seaborn', 'umap'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
