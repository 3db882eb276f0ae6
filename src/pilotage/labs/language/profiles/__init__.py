"""Profiles of language: one belief about a person's doses, asked for by hand, by comparing, or by watching.

| SteerLab | here |
|---|---|
| `SelectInterface(config)`, `create_default_select_interface()` | `Profile(id=..., axes=..., max_active=5)` |
| `get_available_preferences`, `get_preference_constraints` | `profile.axes`; doses are -1 to 1 on every axis |
| `set_preference`, `set_multiple_preferences` | `profile.record({"kind": "doses_set", "doses": {...}})` |
| `remove_preference` | `profile.record({"kind": "axes_removed", "removed": [...]})` |
| `get_current_preferences` | `profile.doses()` |
| `reset_preferences`, `reset_calibration`, `reset_learning` | `profile.record({"kind": "reset", "what": ...})` |
| `get_preference_suggestions(context)` | `suggestions(context, axes=...)` |
| `export_…preferences`, `import_preferences` | `profile.export()`, `Profile.parse` |
| `CalibrateInterface`: `start_calibration`, `get_next_step` | `next_question(profile, prompts, axes=...)` |
| `process_feedback(prefer_a, prefer_b, neutral)` | `{"kind": "compared", "options": [...], "best": 0, 1 or None}` |
| `process_feedback(too_extreme, not_enough)` | `{"kind": "amount", "axis": ..., "amount": "too_much", ...}` |
| `get_calibration_status` | `advice(profile)` |
| `LearnInterface`: `record_interaction` | `next_doses(profile)`, stored with the signal |
| `record_feedback(thumbs_up, thumbs_down, copy, regeneration)` | `{"kind": "reaction", "reaction": ...}` |
| `record_feedback(time_spent)`, `(edit_request)`, `(follow_up)` | the kinds `time_spent`, `edited`, `remarked` |
| `get_preference_confidence`, `get_learning_statistics` | `explain(profile)` |
"""

from pilotage.labs.language.profiles.advising import Advice, advice
from pilotage.labs.language.profiles.belief import PEOPLE, Belief, belief_of
from pilotage.labs.language.profiles.calibrate import Question, next_question
from pilotage.labs.language.profiles.events import KINDS, ProfileEvent, parse_event
from pilotage.labs.language.profiles.explaining import Believed, Ground, explain
from pilotage.labs.language.profiles.learn import next_doses
from pilotage.labs.language.profiles.profile import Profile
from pilotage.labs.language.profiles.remarks import wishes_in
from pilotage.labs.language.profiles.select import CONTEXTS, Suggestion, suggestions

__all__ = [
    "CONTEXTS",
    "KINDS",
    "PEOPLE",
    "Advice",
    "Belief",
    "Believed",
    "Ground",
    "Profile",
    "ProfileEvent",
    "Question",
    "Suggestion",
    "advice",
    "belief_of",
    "explain",
    "next_doses",
    "next_question",
    "parse_event",
    "suggestions",
    "wishes_in",
]
