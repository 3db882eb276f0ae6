"""Query kinds and answers, and the stages of one likelihood that each answer stands for."""

from pilotage.elicitation.answers import ANSWER, Answer, Approval, Pairwise, Ranking, Ratings, parse_answer
from pilotage.elicitation.judgements import Item, Judgement, chosen, incumbent
from pilotage.elicitation.stages import THRESHOLD, Form, Stage, stages

__all__ = [
    "ANSWER",
    "THRESHOLD",
    "Answer",
    "Approval",
    "Form",
    "Item",
    "Judgement",
    "Pairwise",
    "Ranking",
    "Ratings",
    "Stage",
    "chosen",
    "incumbent",
    "parse_answer",
    "stages",
]
