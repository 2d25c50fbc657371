"""Imports only go down, and brothers never import each other (docs/architecture.md)."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "immunosep_omics"

FLOORS = [
    {"errors"},
    {"stats"},
    {"tables", "identifiers", "clinical", "provenance", "settings"},
    {"assay"},
    {"transforms"},
    {"ingest", "normalise", "integrate", "endotype", "differential", "biomarkers", "figures",
     "report", "simulate"},
    {"rule", "cli"},
]  # fmt: skip


FLOOR_OF = {name: place for place, floor in enumerate(FLOORS) for name in floor}
KNOWS_SNAKEMAKE = {"rule"}


def _modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts != ("__init__",) and parts[0] != "resources":
            yield parts[0], path


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_stands_on_a_floor():
    assert {name for name, _ in _modules()} <= set(FLOOR_OF)


def test_imports_only_go_down():
    wrong = []
    for name, path in _modules():
        for imported in _imports(path):
            parts = imported.split(".")
            if parts[0] != "immunosep_omics" or parts[1] not in FLOOR_OF or parts[1] == name:
                continue
            if FLOOR_OF[parts[1]] >= FLOOR_OF[name]:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {imported}")
    assert wrong == []


def test_only_one_module_knows_snakemake():
    knowing = {
        name for name, path in _modules() for i in _imports(path) if i.split(".")[0] == "snakemake"
    }
    assert knowing <= KNOWS_SNAKEMAKE


def test_statistics_know_nothing_of_tables():
    users = {
        path.name
        for name, path in _modules()
        for imported in _imports(path)
        if name == "stats" and imported.split(".")[0] in {"pandas", "anndata", "scanpy"}
    }
    assert users == set()


def test_settings_import_nothing_scientific():
    banned = {"numpy", "pandas", "scipy", "anndata", "scanpy", "sklearn"}
    users = {
        path.name
        for name, path in _modules()
        for imported in _imports(path)
        if name in {"settings", "rule", "provenance"} and imported.split(".")[0] in banned
    }
    assert users == set()


def test_nothing_is_executed_from_data():
    """No pickle, eval, exec, or YAML loader that builds objects."""
    banned = {"pickle", "joblib", "shelve", "marshal", "dill"}
    for _, path in _modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"eval", "exec", "compile", "__import__"}, path
        assert not {i.split(".")[0] for i in _imports(path)} & banned, path
        assert "yaml.load(" not in path.read_text(encoding="utf-8"), path


def test_no_test_of_a_difference_reads_values_that_were_filled_in():
    filling = {"stats.censored", "transforms.impute_censored", "transforms.impute_mean"}
    for name, path in _modules():
        if name in {"differential", "normalise"}:
            imported = {i.removeprefix("immunosep_omics.") for i in _imports(path)}
            assert not any(i.startswith(word) for i in imported for word in filling), path
