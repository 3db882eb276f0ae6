"""Steer a real diffusion model to a picture that words do not name, by choosing; here a rule chooses for you.

Expected: five rounds of four pictures in some seconds; each round's best is bluer than the plain prompt's
picture, and `fox.png` is a fox in blue.
"""

import pilotage


def blueness(candidate: pilotage.Candidate) -> float:
    """How much bluer than red a picture is; your own eyes go here."""
    red, _, blue = candidate.media.pixels().mean(axis=(0, 1))
    return float(blue - red)


session = pilotage.Session("a fox", axes=["red ↔ blue"], dimension="quick look", seed=7)
for _ in range(5):
    round = session.ask()  # a notebook shows it as pictures
    best = max(round, key=blueness)
    session.tell(best)
    print(f"{round}: bluest {blueness(best):+.1f}, at z = {[f'{value:+.2f}' for value in best.z]}")

print("saved", session.best.save("fox.png"))
