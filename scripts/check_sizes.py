"""Keep files and functions short: prints what is too long, and fails.

A file has at most 400 lines, a function at most 40 lines of code (docstring, comments and blank lines
not counted), a Python module at most 5 public classes and functions. What must be larger stands in
size_exceptions.txt with a ceiling, a date and a reason; an exception that is no longer needed fails too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = ROOT / "scripts" / "size_exceptions.txt"
LIMITS = {"lines": 400, "function": 40, "names": 5}
WEB_SUFFIXES = {".ts", ".tsx", ".css"}


@dataclass(frozen=True)
class Size:
    """One measured thing: `what` is a path, or path:function; `rule` a key of LIMITS."""

    what: str
    rule: str
    size: int


def measure(path: Path) -> Iterator[Size]:
    """All sizes of one file."""
    text, name = path.read_text(), path.relative_to(ROOT).as_posix()
    if "auto-generated" in text[:500]:
        return
    yield Size(name, "lines", text.count("\n"))
    if path.suffix == ".py":
        tree = ast.parse(text)
        yield Size(name, "names", sum(is_public(node) for node in tree.body))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Size(f"{name}:{node.name}", "function", code_lines(node, text.splitlines()))


def is_public(node: ast.stmt) -> bool:
    """Whether a module-level statement defines a class or function for others."""
    return isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines from `def` to the end, less docstring, comments and blank lines."""
    counted = set(range(function.lineno, (function.end_lineno or 0) + 1))
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        counted -= set(range(first.lineno, (first.end_lineno or 0) + 1))
    return sum(bool(lines[n - 1].strip()) and not lines[n - 1].lstrip().startswith("#") for n in counted)


def exceptions() -> dict[tuple[str, str], int]:
    """(what, rule) -> ceiling, from lines of `what rule ceiling date reason`."""
    rows = (line.split(maxsplit=4) for line in EXCEPTIONS.read_text().splitlines() if line and line[0] != "#")
    return {(what, rule): int(ceiling) for what, rule, ceiling, _date, _reason in rows}


def sources() -> Iterator[Path]:
    """The files that the limits are for."""
    built = ROOT / "src" / "pilotage" / "web"
    for path in sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "training").rglob("*.py")]):
        if built not in path.parents:
            yield path
    for path in sorted((ROOT / "web" / "src").rglob("*")):
        if path.suffix in WEB_SUFFIXES:
            yield path


def main() -> int:
    """0 when everything is within its limit."""
    allowed, faults = exceptions(), []
    for size in (size for path in sources() for size in measure(path)):
        limit = max(LIMITS[size.rule], allowed.get((size.what, size.rule), 0))
        if size.size > limit:
            faults.append(f"{size.what}: {size.size} {size.rule}, at most {limit}")
        elif size.size > LIMITS[size.rule]:
            allowed.pop((size.what, size.rule), None)
    faults += [f"{what}: the exception for {rule} is no longer needed" for what, rule in allowed
               if not any(fault.startswith(f"{what}: ") for fault in faults)]  # fmt: skip
    print("\n".join(faults) if faults else "sizes: all within their limits")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
