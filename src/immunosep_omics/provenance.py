"""What a result came from: the code that made it, the files it was made of, the packages used."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGE = "immunosep_omics"
DATA_SUFFIXES = (".css", ".html", ".yaml")
_ROOT = Path(__file__).parent

REPORTED_PACKAGES = (
    "immunosep-omics", "snakemake", "numpy", "scipy", "pandas", "anndata", "mudata", "scanpy",
    "scikit-learn", "statsmodels", "umap-learn", "pynndescent", "leidenalg", "igraph",
    "matplotlib", "jinja2", "pydantic", "openpyxl",
)  # fmt: skip


@cache
def code_token(module: str) -> str:
    """A short hash of all code that a module of this package can reach.

    The workflow engine does not watch the package. Passed to a rule as a parameter, this makes an
    edited function rerun its stage. Syntax trees without docstrings are hashed, so that comments,
    layout and documentation rerun nothing. Data files count too: those that lie beside a module,
    and those under `resources/` that it names.
    """
    digest = hashlib.sha256()
    for name in sorted(import_closure(module)):
        digest.update(name.encode())
        digest.update(_code_of(_path_of(name)).encode())
        for path in _data_of(_path_of(name)):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _data_of(path: Path) -> tuple[Path, ...]:
    """Data files that a module uses, as far as its place and its words tell."""
    beside = [p for p in sorted(path.parent.iterdir()) if p.suffix in DATA_SUFFIXES]
    words = [n.value for n in ast.walk(_tree(path)) if isinstance(n, ast.Constant)]
    named = [
        _ROOT / word for word in words if isinstance(word, str) and word.startswith("resources/")
    ]
    return (*beside, *(resource for resource in named if resource.is_file()))


def import_closure(module: str) -> set[str]:
    """Modules of this package that `module` imports, directly or not, itself included."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and _path_of(name).is_file():
            found.add(name)
            waiting.extend(_imports(_path_of(name), name))
    return found


def _path_of(module: str) -> Path:
    below = _ROOT.joinpath(*module.split(".")[1:])
    package = below / "__init__.py"
    return package if package.is_file() else below.with_suffix(".py")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _imports(path: Path, module: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_imported(_tree(path))))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith(PACKAGE))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if _path_of(inner).is_file() else str(node.module)


@cache
def _code_of(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:]
    return ast.dump(tree, include_attributes=False)


def sha256(path: Path | str) -> str:
    """Checksum of a file, read in pieces."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def package_versions() -> dict[str, str]:
    """Versions of the packages that results depend on; those not installed are 'not installed'."""
    versions = {}
    for name in REPORTED_PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions
