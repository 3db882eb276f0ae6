"""A person's session, start to end, in a process that may be made to die.

Reads lines `HOME<tab>DATABASE<tab>POINT` and plays each in a child, that writes HOME/outcome.json at its end or dies
at the crash point; answers with the child's exit status. Played again on a home it goes on where it was, with the keys
that it used before, as a browser does that lost its server.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from pilotage.api.app import create_app
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.crash import arm

ROUNDS = 2
CONFIG = {"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}}


def main() -> None:
    for line in sys.stdin:
        home, database, point = line.rstrip("\n").split("\t")
        if child := os.fork():  # what is imported is there already: a play takes half the time
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
            continue
        try:
            os.dup2(2, 1)  # the log; the first output is for the answers
            arm(point)
            play(Path(home), database)
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)


def play(home: Path, database: str) -> None:
    settings = Settings(home=home, database=database)
    lab = local_lab(settings)
    with TestClient(create_app(lab, settings, port=8360), base_url="http://127.0.0.1:8360") as client:

        def post(key: str, path: str, body: Any) -> Any:
            told = client.post(path, json=body, headers={"Idempotency-Key": key})
            assert told.status_code < 300, told.text
            return told.json()

        session = f"/api/sessions/{post('new', '/api/sessions', CONFIG)['id']}"
        asked = post("ask", f"{session}/rounds", {})
        lab.wait(asked["job"]["id"])
        for index in range(1, ROUNDS + 1):
            round_ = client.get(f"{session}/rounds/{index}").json()
            order = [round_["candidates"][index]["id"]]
            body = {"answer": {"kind": "ranking", "order": order}, "next_round": index < ROUNDS}
            post(f"answer-{index}", f"{session}/rounds/{index}/answers", body)
            if index < ROUNDS:
                lab.wait(client.get(f"{session}/rounds/{index + 1}").json()["job"]["id"])
        job = lab.wait(post("point", f"{session}/points", {"z": [0.1] * 5, "seed": 1})["id"])
        rounds = client.get(session).json()["round_views"]
    shown = [[(c["slot"], c["z"], c["seed"], c["artifact"]) for c in round_["candidates"]] for round_ in rounds]
    (sample,) = (job.result or {})["samples"]
    told = {"sessions": len(lab.list_sessions()[0]), "shown": shown, "point": [sample["z"], sample["artifact"]]}
    (home / "outcome.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
