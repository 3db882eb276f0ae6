"""Make an axis of language of your own, steer a model along it, serve it, and measure what it does and damages.

The five steps: texts of both poles, vectors from them, a steered answer beside an unsteered one, the same over the
app's `/chat`, and the measurement. It takes a few minutes of one core. What it makes is gone at the end; with
PILOTAGE_HOME set it stays there. MODEL is the name of another model that `pilotage models list` has.

Expected: five steps are told; the app's answer equals the library's; the effect is larger than that of a random
direction of the same strength.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

import pilotage

QUESTIONS = (
    "How was the film?", "Where do you live?", "What is for dinner?", "How do I get to the station?",
    "What did the doctor say?", "How is the new job?", "Tell me about the hotel.", "What is your sister like?",
    "How was the concert?", "What is the weather like?", "How is the garden?", "What did you buy?",
)  # fmt: skip
SEA = ("the tide was out", "waves all day", "salt on the windows", "gulls above the harbour", "a boat came in",
       "fog from the sea", "sand in my shoes", "the lighthouse was lit", "fishing nets on the pier",
       "a storm off the coast", "shells by the door", "the ferry was late")  # fmt: skip
HILLS = ("the path was steep", "snow all day", "pine at the windows", "eagles above the ridge", "a hiker came in",
         "fog from the valley", "stones in my shoes", "the hut was lit", "ropes on the rock",
         "a storm on the summit", "goats by the door", "the cable car was late")  # fmt: skip
AXIS = {
    "name": "landscape", "poles": {"negative": "of the hills", "positive": "of the sea"},
    "description": "Where a text seems to be written.",
    "pairs": [
        {"prompt": question, "positive": f"You know, {sea}.", "negative": f"You know, {hills}.",
         "split": "train" if place < 8 else "held_out"}
        for place, (question, sea, hills) in enumerate(zip(QUESTIONS, SEA, HILLS, strict=True))
    ],
}  # fmt: skip
MODEL = os.environ.get("MODEL", "smollm2")
ASKED = {"max_tokens": 40, "temperature": 0.7, "seed": 3}
PROMPT = "Tell me about your weekend."


def workflow(home: Path) -> None:
    """The five steps, in a lab that keeps what they make in `home`."""
    lm = pilotage.language.load(MODEL, home=home)
    for remark in lm.lab.put_axis(AXIS).remarks:
        print(f"  doubtful: {remark.message}")
    print(
        f"1. {len(SEA)} pairs of texts, {sum(pair['split'] == 'held_out' for pair in AXIS['pairs'])} of them held out"
    )

    pack = lm.build("landscape", quick=True)
    print(f"2. vectors by {pack.method}, block {pack.layer}")

    plain, steered = lm.generate(PROMPT, doses=[{}, {"landscape": 1.0}], **ASKED)
    print(f"3. unsteered: {plain.text.strip()}\n   steered:   {steered.text.strip()}")
    print(f"4. over /chat, the same: {over_chat(home) == steered.text}")

    report = lm.evaluate("landscape", quick=True)
    floor = max(abs(one) for one in report.floor)
    print(f"5. effect {report.effect:.2f} nats a token, random direction {floor:.2f}, perplexity at dose 1 "
          f"x{report.damage[-1].perplexity:.2f}")  # fmt: skip


def over_chat(home: Path) -> str:
    """The same answer, asked of the app."""
    command = [sys.executable, "-m", "pilotage", "--home", str(home), "serve", "--port", "0"]
    env = {**os.environ, "PILOTAGE_PRELOAD": "never"}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    sent = {"model": MODEL, "prompt": PROMPT, "preferences": {"landscape": 1.0}, "max_length": 40, "seed": 3,
            "temperature": 0.7}  # fmt: skip
    try:
        line = server.stdout.readline() if server.stdout else ""
        address = next(word for word in line.split() if word.startswith("http"))
        with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
            for _ in range(60):  # the worker needs a moment to start
                answered = client.post("/chat", json=sent)
                if answered.status_code != 503:
                    break
                time.sleep(1)
        return str(answered.raise_for_status().json()["generated_text"])
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    if "PILOTAGE_HOME" in os.environ:
        workflow(Path(os.environ["PILOTAGE_HOME"]))
    else:
        with tempfile.TemporaryDirectory(prefix="pilotage-") as folder:
            workflow(Path(folder))
