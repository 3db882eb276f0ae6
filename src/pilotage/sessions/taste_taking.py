"""How a session takes a taste profile: by value, when its space is built; and the guess that its first round shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from pilotage.core.errors import NotFoundError
from pilotage.core.shapes import Array, require_vector
from pilotage.preferences.laplace_gp import Taste
from pilotage.records import Payload
from pilotage.sessions.events import SESSION_EVENTS
from pilotage.sessions.history import region_of
from pilotage.sessions.tastes import profile_of
from pilotage.spaces import Region
from pilotage.store import SessionRow, Store

CLEAR = 1.0  # sds away from the prompt: what points less far is no better than a step somewhere new
Json = dict[str, Any]


@SESSION_EVENTS.register
class TasteTaken(Payload):
    """A session began with what earlier ones in its space told; None if none had told anything."""

    type: ClassVar[str] = "session.taste_taken"

    session_id: str
    space: str
    sessions: int
    taste: Json | None


def with_taste(store: Store, config: Mapping[str, Any], session_id: str, space: str) -> tuple[Json, TasteTaken | None]:
    """A config as a session begins with it: the profile that it asks for is written into it, by value.

    Args:
        store: where the earlier sessions are.
        config: of the session; a taste that it holds already stays.
        session_id: of the session.
        space: fingerprint of its space.
    """
    config = dict(config)
    if config.get("taste") != "profile" or config["preference_model"]["taste"] is not None:
        return config, None
    try:
        profile = profile_of(store, space)
    except NotFoundError:
        return config, TasteTaken(session_id=session_id, space=space, sessions=0, taste=None)
    taste = profile.taste.model_dump(mode="json")
    config["preference_model"] = {**config["preference_model"], "taste": taste}
    count = sum(one.counts for one in profile.sessions)
    return config, TasteTaken(session_id=session_id, space=space, sessions=count, taste=taste)


def guess_of(taste: Taste, region: Region) -> Array | None:
    """(d,) the place where a taste points, for a first round; None if it is too vague to take a picture's place.

    Raises:
        ShapeError: the taste does not have the region's dimension.
    """
    mean = require_vector("taste", taste.mean, region.dim)
    return region.clip(mean[None])[0] if np.linalg.norm(mean / np.array(taste.sd)) >= CLEAR else None


def first_guess(session: SessionRow) -> list[float] | None:
    """The guess of a session's own taste, as z; None if it has none, or only a vague one."""
    taste = session.config["preference_model"].get("taste")
    u = None if taste is None else guess_of(Taste.model_validate(taste), region_of(session))
    return None if u is None else [float(value) for value in u * session.radius]
