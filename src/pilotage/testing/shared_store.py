"""What a store promises that several processes open at once: subclass `SharedStoreContract`.

Provide `store`, as for `StoreContract`, and `opener`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

import pytest

from pilotage.store import JobRow, Store
from pilotage.testing.store import StoreContract, event, job_row


class SharedStoreContract(StoreContract):
    """A store that several processes open at once; provide `opener` as well."""

    @pytest.fixture
    def opener(self) -> str:
        """Python code, run in another process, after which `store` is the same store."""
        raise NotImplementedError

    def elsewhere(self, opener: str, code: str) -> Any:
        """What `code` leaves in `answer`, run in another process."""
        text = f"import json\n{opener}\n{code}\nprint(json.dumps(answer))"
        ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def test_another_process_reads_what_was_written(self, store: Store, opener: str) -> None:
        self.fill(store, 1, payload={"ü": [1]})
        with store.transaction() as tx:
            tx.append(event(1))
        code = (
            "from pilotage.store import JobRow\n"
            "answer = [store.get(JobRow, 'job_1').model_dump(mode='json'), store.last_seq()]"
        )
        row, seq = self.elsewhere(opener, code)
        assert JobRow.model_validate(row) == job_row(1, payload={"ü": [1]})
        assert seq == 1

    def test_writers_in_two_processes_wait_for_each_other(self, store: Store, opener: str) -> None:
        code = (
            "from pilotage.testing.store import event\n"
            "for number in range(20):\n"
            "    with store.transaction() as tx: tx.append(event(number, topic='theirs'))\n"
            "answer = True"
        )
        other = threading.Thread(target=self.elsewhere, args=(opener, code))
        other.start()
        mine = 0
        while other.is_alive() or mine < 20:
            with store.transaction() as tx:
                tx.append(event(mine, topic="mine"))
            mine += 1
        other.join()
        theirs = store.events(topic="theirs")
        assert [one.data["number"] for one in theirs] == list(range(20))
        assert store.last_seq() == mine + 20

    def test_a_reader_that_follows_the_log_steps_over_nothing(self, store: Store, opener: str) -> None:
        code = (
            "from pilotage.testing.store import event\n"
            "for number in range(30):\n"
            "    with store.transaction() as tx:\n"
            "        for part in range(3): tx.append(event(number, topic='theirs'))\n"
            "answer = True"
        )
        other = threading.Thread(target=self.elsewhere, args=(opener, code))
        other.start()
        seen = 0
        while other.is_alive() or seen < store.last_seq():
            with store.transaction() as tx:
                tx.append(event(0, topic="mine"))
                tx.append(event(1, topic="mine"))
            news = [one.seq for one in store.events(after=seen)]
            assert news == list(range(seen + 1, seen + 1 + len(news)))
            seen = news[-1]
        other.join()
        assert len(store.events(topic="theirs")) == 90
