"""What code means, as digests: outcomes are kept for as long as nothing that they depend on has changed."""

from __future__ import annotations

import ast
import importlib.util
from functools import lru_cache
from pathlib import Path

from pilotage.core.hashing import sha256_hex

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@lru_cache(maxsize=64)  # a command reads its sources once
def digests(sources: tuple[Path, ...]) -> list[str]:
    """One a Python file of these files and folders; comments, layout and docstrings aside."""
    files = [file for source in sources for file in (sorted(source.rglob("*.py")) if source.is_dir() else [source])]
    return [sha256_hex(_meaning(file.read_text()).encode()) for file in files]


def folder_of(package: str) -> Path:
    """Where a package's modules lie; a module's own file."""
    spec = importlib.util.find_spec(package)
    origin = Path((spec.origin if spec else None) or package)
    return origin.parent if origin.name == "__init__.py" else origin


def _meaning(source: str) -> str:
    """What a module does."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)
