"""Workers of a pool are gone soon after the process that began them was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

BEGIN = """
import os
from pilotage.core.pools import process_pool

if __name__ == "__main__":
    with process_pool(2) as pool:
        print(*{future.result() for future in [pool.submit(os.getpid) for _ in range(8)]}, flush=True)
        input()
"""


def test_workers_do_not_outlive_whoever_began_them(tmp_path: Path) -> None:
    script = tmp_path / "begin.py"
    script.write_text(BEGIN)
    begun = subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert begun.stdout is not None
    workers = [psutil.Process(int(pid)) for pid in begun.stdout.readline().split()]
    assert workers
    begun.kill()
    begun.wait()
    _, left = psutil.wait_procs(workers, timeout=20)
    assert not left
