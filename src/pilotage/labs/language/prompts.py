"""Prompts of everyday use that ask for none of the axes: on these, what steering costs is measured."""

from __future__ import annotations

CALIBRATION = (
    "What should I pack for three days in the mountains?",
    "How does a bicycle stay upright while it moves?",
    "Tell me about a shop that repairs old radios.",
    "Why do leaves change their colour in autumn?",
    "Describe the view from a kitchen window.",
    "How can I keep track of the books I have read?",
    "What happens at a harbour early in the day?",
    "Explain what a savings account is.",
    "What can I do with a box of old photographs?",
    "How do people make paper?",
    "Tell me how a Tuesday at a post office goes.",
    "Which bird sings at night, and why?",
)
EVALUATION = (
    "What is a simple way to cook rice?",
    "Tell me something about the river near a small town.",
    "How do I choose a plant for a dark corner?",
    "What does a librarian do all day?",
    "Describe a long journey by bus.",
    "Why is the sea salty?",
    "How could I learn a few words of a new language each week?",
    "Tell me about a neighbour who keeps bees.",
    "How does a lock on a canal work?",
    "What should I write on a card for a colleague who moves away?",
    "Describe a market square after the rain.",
    "What is the use of a compass today?",
)
