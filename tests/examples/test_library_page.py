"""The page about the library runs as written, without weights."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "library.md"


def test_its_blocks_run_in_order_and_load_no_torch(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python run\n(.*?)^```$", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    code = "\n".join([*blocks, "import sys; assert 'torch' not in sys.modules"])
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "candidates.csv").exists()
