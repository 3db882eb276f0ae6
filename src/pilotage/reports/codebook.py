"""The codebook: every column of the tables that are exported, with its type, unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "integer", "number", "boolean", "time", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `time` is ISO 8601 in UTC; `json` is a list or mapping as JSON text."""

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""


_ID = Column("id", "text", "Identifier, unique within the lab.")
_CREATED = Column("created_at", "time", "When the row was first written.")
_SESSION = Column("session_id", "text", "The session that it belongs to; empty outside sessions.")
_ROUND = Column("round_id", "text", "The round that it belongs to.")

SESSIONS = (
    _ID, _CREATED,
    Column("name", "text", "What the person calls the session; its prompt if they gave no name."),
    Column("state", "text", "active, paused or completed."),
    Column("prompt", "text", "The text at z = 0."),
    Column("prompt_family", "text", "The object that the prompt is about: the longest one that the model names."),
    Column("negative_prompt", "text", "What not to see; never steered."),
    Column("model", "text", "Reference of the model; of a path its last part alone."),
    Column("model_fingerprint", "text", "sha256 of weights, configs and adapter; empty before the first round."),
    Column("basis", "text", "Kind of basis: where the axes come from."),
    Column("dimension", "integer", "Number of axes.", "axes"),
    Column("radius", "number", "Size of the steering space.", "axis units"),
    Column("region", "text", "ball or box."),
    Column("sampler", "text", "Kind of sampler: how candidates are proposed."),
    Column("preference_model", "text", "Kind of preference model: how answers become a belief."),
    Column("query_kinds", "json", "Ways of answering that the session takes."),
    Column("seed", "integer", "Root of every seed of the session."),
    Column("seed_policy", "text", "Which candidates share their noise."),
    Column("config", "json", "All settings, defaults filled in."),
    Column("axes", "json", "The axes: name, poles, source, unit; empty before the first round."),
    Column("space_fingerprint", "text", "sha256 of all that decoding depends on; empty before the first round."),
    Column("rounds", "integer", "Rounds that were shown.", "rounds"),
    Column("answers", "integer", "Rounds that were answered.", "answers"),
    Column("renders", "integer", "Pictures rendered for the rounds; a carried one is not counted again.", "renders"),
    Column("distinct_renders", "integer", "Different artifacts among all samples of the session.", "artifacts"),
    Column("incumbent_id", "text", "Candidate that the answers put first; empty before a first choice."),
    Column("final_id", "text", "Candidate that the person named final; empty while open."),
    Column("closeness", "integer", "How close the final picture came, by the person's word.", "1 (far) to 5"),
    Column("outcome", "text", "What the person wrote when finishing."),
    Column("experiment_id", "text", "The experiment that it belongs to; empty outside experiments."),
    Column("parent_id", "text", "The session that it branched off; empty if it stands alone."),
    Column("parent_round_id", "text", "The round of that session after which it goes its own way."),
    Column("origin", "json", "Of an imported session: which one it was, and from what export; it is read only then."),
    Column("deleted_at", "time", "When it was put into the trash; empty outside."),
    Column("updated_at", "time", "When the row was last written."),
)  # fmt: skip

ROUNDS = (
    _ID, _CREATED, _SESSION,
    Column("index", "integer", "Place within the session, from 1.", "rounds"),
    Column("take", "integer", "Which of several rounds at one place, from 0: after an undo there are more."),
    Column("attempt", "integer", "How often it was asked for anew from the same answers; it enters the seeds."),
    Column("parent_id", "text", "The round before it on its branch; empty for the first."),
    Column("state", "text", "queued, rendering, awaiting, answered, failed or superseded."),
    Column("job_id", "text", "The job that made it."),
    Column("run_id", "text", "The run that rendered it."),
    Column("sampler_state", "json", "What the sampler remembers: radius, counters, reasons."),
    Column("expected_gain", "number", "Utility that the best place left was expected to have over the incumbent, "
           "before this round; empty before any answer.", "choice noise (logits)"),
    Column("forecasts_shown", "boolean",
           "Whether forecasts were seen before the answer, here or in a branch; that may sway."),
    Column("error", "json", "Why it failed: code, message, hint, field."),
    Column("shown_at", "time", "When its candidates could be judged."),
    Column("answered_at", "time", "When it was answered."),
    Column("superseded_at", "time", "When an undo or another branch took its place; empty while it counts."),
)  # fmt: skip

CANDIDATES = (
    _ID, _CREATED, _SESSION, _ROUND,
    Column("round_index", "integer", "Place of its round within the session, from 1.", "rounds"),
    Column("slot", "integer", "Place within the round, from 0."),
    Column("state", "text", "proposed, ready or failed."),
    Column("role", "text", "baseline, incumbent, or what the sampler meant by it."),
    Column("why", "text", "The sampler's reason in a sentence."),
    Column("z", "json", "Coordinates.", "axis units"),
    Column("seed", "integer", "Seed of its noise."),
    Column("sample_id", "text", "The sample that shows it."),
    Column("artifact", "text", "sha256 of what was shown."),
    Column("carried_from", "text", "The candidate whose sample is shown again; empty for new ones."),
    Column("attempt", "integer", "How often it was rendered again after it had failed."),
    Column("forecast", "json", "All that was believed before the click."),
    Column("forecast_mean", "number", "Expected utility over the incumbent.", "choice noise (logits)"),
    Column("forecast_sd", "number", "Its standard deviation.", "choice noise (logits)"),
    Column("forecast_p_best", "number", "Probability that it is picked of its round, before the click.", "probability"),
    Column("error", "text", "Why it has no output."),
)  # fmt: skip

ANSWERS = (
    _ID, _CREATED, _SESSION, _ROUND,
    Column("round_index", "integer", "Place of its round within the session, from 1.", "rounds"),
    Column("kind", "text", "ranking, pairwise, ratings, approval, worst, shortlist, versus, tie or undecided."),
    Column("answer", "json", "The judgement, about candidate ids."),
    Column("shown", "json", "The candidates that were judged, by id."),
    Column("gesture", "json", "The raw interaction."),
    Column("comment", "text", "What the person wrote of the round."),
    Column("comments", "json", "What the person wrote of single candidates, by id."),
    Column("confidence", "integer", "How sure the person was; empty if not said.", "1 (a guess) to 3 (certain)"),
    Column("tags", "json", "Tags on single candidates, by id."),
    Column("directions", "json", "Where each statistic that a tag speaks of was seen to grow: a unit vector.",
           "unit coordinates"),
    Column("ties_offered", "boolean", "Whether 'about equal' could have been said."),
    Column("decision_ms", "integer", "Time from seeing the candidates to answering; empty if unknown.", "ms"),
    Column("retracted_at", "time", "When it was taken back; empty while it counts."),
)  # fmt: skip

RUNS = (
    _ID, _CREATED, _SESSION,
    Column("purpose", "text", "round, point, preview, verify, final, generate, retry, calibrate or replay."),
    Column("state", "text", "running, succeeded, failed or cancelled."),
    Column("model", "text", "Reference of the model; of a path its last part alone."),
    Column("model_fingerprint", "text", "sha256 of weights, configs and adapter."),
    Column("stages", "json", "Typed stages with the request that each really used, its assets included."),
    Column("group", "json", "The render group: z and seed of each row, in order."),
    Column("environment", "json", "Device, precision, threads, versions."),
    Column("timings_ms", "json", "How long each part took.", "ms"),
    Column("error", "json", "Why it failed: code, message, hint, field."),
)  # fmt: skip

SAMPLES = (
    _ID, _CREATED,
    Column("run_id", "text", "The run whose output it is."),
    _SESSION,
    Column("index", "integer", "Row within the render group, from 0."),
    Column("z", "json", "Coordinates; empty without steering.", "axis units"),
    Column("seed", "integer", "Seed of its noise."),
    Column("artifact", "text", "sha256 of the output; empty if it failed."),
    Column("statistics", "json", "How the picture looks: brightness, contrast, saturation and so on.", "about 0 to 1"),
    Column("error", "text", "Why it failed."),
)  # fmt: skip

TABLES: dict[str, tuple[Column, ...]] = {
    "sessions": SESSIONS,
    "rounds": ROUNDS,
    "candidates": CANDIDATES,
    "answers": ANSWERS,
    "runs": RUNS,
    "samples": SAMPLES,
}
