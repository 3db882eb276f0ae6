"""A person's session, start to end, in one process that may be made to die: `scenario.py HOME`.

Started again it goes on where it was, with the keys that it used before, as a browser does that lost its server.
"""

import json
import sys
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from pilotage.api.app import create_app
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab

ROUNDS = 2
CONFIG = {"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}}


def main() -> None:
    settings = Settings(home=Path(sys.argv[1]))
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
    print(json.dumps({"sessions": len(lab.list_sessions()[0]), "shown": shown, "point": point(job.result)}))


def point(result: Any) -> Any:
    (sample,) = result["samples"]
    return [sample["z"], sample["artifact"]]


if __name__ == "__main__":
    main()
