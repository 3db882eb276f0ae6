"""Keeps what a benchmark prints with --json as docs/evidence/BENCHMARK.json: a row a line, six digits, nothing absent.

pilotage bench preferences --json | .venv/bin/python scripts/keep_evidence.py [NAME]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "evidence"


def main() -> None:
    """Read one report from standard input and write it; what there was is replaced."""
    told = json.load(sys.stdin)
    rows = [json.dumps({key: rounded(value) for key, value in row.items() if value is not None})
            for row in told.pop("rows")]  # fmt: skip
    head = json.dumps(told, indent=1).removesuffix("\n}")
    path = FOLDER / f"{sys.argv[1] if len(sys.argv) > 1 else told['benchmark']}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(head + ',\n "rows": [\n  ' + ",\n  ".join(rows) + "\n ]\n}\n")
    print(path)


def rounded(value: Any) -> Any:
    """Six digits say more than any of our intervals can."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return [rounded(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
