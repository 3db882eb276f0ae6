"""How steady a person's choices are: whether they chose the same again, and how a belief reads their errors."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, hypot, log

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy.special import betaincinv

from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import Judgement
from pilotage.preferences import Posterior
from pilotage.sessions.history import judgements_of, posterior_of, region_of
from pilotage.sessions.loading import load_session
from pilotage.sessions.repeat_views import AgreementView, agreement
from pilotage.simulation.fitting import SHARE_PRIOR, Fit, fit
from pilotage.simulation.retest import traces_of
from pilotage.spaces import Region
from pilotage.store import Reader, SessionRow

FEWEST = 3  # repeats: with fewer, agreement may lie anywhere
N_PLACES, N_DRAWS = 256, 256
_Z = 1.645  # of a 90 % band
_TOLD = 1.5  # slips are told where the answers moved an end of the band by such a factor


class Told(BaseModel):
    """Base of what is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Measured(Told):
    """A number with its 90 % band."""

    value: float
    low: float
    high: float


class Steadiness(Told):
    """How steady the choices of a session are. What can't be told yet is None.

    Attributes:
        answers: that count.
        repeats: sets that came again unannounced and were judged twice; in `same` of them the same was chosen.
        fewest: so many repeats it takes to tell anything.
        offered: whether the session shows sets again at all.
        agreement: the share of such sets in which the same would be chosen.
        noise: the difference that is seen 73 times in 100, as a share of the way from a random place to the best one.
        temperature: the noise of the choices beside what the belief takes for granted. The belief was learned from the
            same choices and takes their noise for its unit, so this tells nothing of a person: only whether the belief
            fits, which it does somewhat below 1.
        lapse: the share of answers that were slips; None where the answers say no more than what is usual.
        sentence: all of it in words.
    """

    answers: int
    repeats: int
    same: int
    fewest: int = FEWEST
    offered: bool
    agreement: Measured | None = None
    noise: Measured | None = None
    temperature: Measured | None = None
    lapse: Measured | None = None
    sentence: str


def steadiness_of(reader: Reader, session: SessionRow) -> Steadiness:
    """How steady the choices are that count by now."""
    agreed = agreement(load_session(reader, session)) or AgreementView(repeats=0, same=0)
    judgements = judgements_of(reader, session)
    offered = session.config.get("repeats") is not None
    counts = {"answers": len(judgements), "repeats": agreed.repeats, "same": agreed.same, "offered": offered}
    if agreed.repeats < FEWEST:
        return Steadiness(**counts, sentence=_unknown(agreed.repeats, offered=offered))
    measured = {"agreement": _share_of(agreed.same, agreed.repeats), **_errors(session, judgements)}
    told = Steadiness(**counts, **measured, sentence="")
    return told.model_copy(update={"sentence": _sentence(told)})


def _errors(session: SessionRow, judgements: Sequence[Judgement]) -> dict[str, Measured | None]:
    try:
        posterior = posterior_of(session, judgements)
        found = fit(traces_of(judgements, posterior))
    except InvalidInputError:  # a session from elsewhere, by a preference model that isn't installed here
        return {}
    value, sd = found.noise.temperature, found.sd["temperature"] / found.noise.temperature
    way, way_sd = _way(posterior, region_of(session), judgements)
    return {
        "noise": _ratio(value / way, hypot(sd, way_sd)), "temperature": _ratio(value, sd), "lapse": _lapse(found),
    }  # fmt: skip


def _way(posterior: Posterior, region: Region, judgements: Sequence[Judgement]) -> tuple[float, float]:
    """From a random place to the best, in units of choice noise: the median of plausible people, and sd of its log."""
    rng = np.random.default_rng(0)
    shown = np.array([item.u for judgement in judgements for item in judgement.items])
    utilities = posterior.draw(np.vstack([region.sobol(N_PLACES, rng=rng), shown]), N_DRAWS, rng=rng)
    ways = np.maximum(utilities.max(axis=1) - utilities[:, :N_PLACES].mean(axis=1), 1e-9)
    return float(np.median(ways)), float(np.log(ways).std())


def _share_of(same: int, of: int) -> Measured:
    """The mean and the 5 % and 95 % quantiles of a share.

    Source: the Jeffreys interval, Brown, Cai, DasGupta 2001.
    """
    a, b = same + 0.5, of - same + 0.5
    return Measured(value=a / (a + b), low=float(betaincinv(a, b, 0.05)), high=float(betaincinv(a, b, 0.95)))


def _ratio(value: float, log_sd: float) -> Measured:
    return Measured(value=value, low=value * exp(-_Z * log_sd), high=value * exp(_Z * log_sd))


def _lapse(found: Fit) -> Measured | None:
    value = min(max(found.noise.lapse, 1e-6), 1.0 - 1e-6)
    centre, width = log(value / (1.0 - value)), _Z * found.sd["lapse"] / (value * (1.0 - value))
    low, high = (1.0 / (1.0 + exp(-(centre + side))) for side in (-width, width))
    usual = [float(betaincinv(*SHARE_PRIOR, p)) for p in (0.05, 0.95)]
    is_told = low > _TOLD * usual[0] or _TOLD * high < usual[1]
    return Measured(value=value, low=low, high=high) if is_told else None


def _unknown(repeats: int, *, offered: bool) -> str:
    if not offered and not repeats:
        return "This session never shows a set again, and ordinary answers hardly tell slips from indifference."
    came = "none has" if not repeats else "1 has" if repeats == 1 else f"{repeats} have"
    return f"Too few repeats to tell: it takes {FEWEST} sets that come again, and so far {came}."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"


def _sentence(told: Steadiness) -> str:
    same = f"You chose the same in {told.same} of {told.repeats} sets that came again."
    if told.noise is None:
        return same
    slips = "can’t be told yet" if told.lapse is None else f"are about {_percent(told.lapse.value)} of your answers"
    return (
        f"{same} Three times in four you see a difference of {_percent(told.noise.value)} of the way from an average "
        f"picture to the best; slips {slips}."
    )
