"""Query kinds and answers, and the stages of one likelihood that each judgement stands for."""

from pilotage.elicitation.answers import ANSWER, KINDS, Answer, parse_answer
from pilotage.elicitation.comparisons import Pairwise, Ranking, Tie, Versus, Worst
from pilotage.elicitation.critiques import TAGS, Critique, Tag, parse_tags
from pilotage.elicitation.forms import THRESHOLD, TIE, Form, Latent, Slope, Stage, drift
from pilotage.elicitation.incumbents import chosen, incumbent
from pilotage.elicitation.judgements import Item, Judgement
from pilotage.elicitation.stages import stages
from pilotage.elicitation.verdicts import Approval, Ratings, Shortlist, Undecided
from pilotage.elicitation.wishes import wish_directions

__all__ = [
    "ANSWER",
    "KINDS",
    "TAGS",
    "THRESHOLD",
    "TIE",
    "Answer",
    "Approval",
    "Critique",
    "Form",
    "Item",
    "Judgement",
    "Latent",
    "Pairwise",
    "Ranking",
    "Ratings",
    "Shortlist",
    "Slope",
    "Stage",
    "Tag",
    "Tie",
    "Undecided",
    "Versus",
    "Worst",
    "chosen",
    "drift",
    "incumbent",
    "parse_answer",
    "parse_tags",
    "stages",
    "wish_directions",
]
