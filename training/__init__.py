"""Recipes of the models that ship with Pilotage. Nothing that users install imports this package."""
