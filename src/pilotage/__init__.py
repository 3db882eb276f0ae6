"""Pilotage: steer generative models by choosing."""

__version__ = "0.1.0"
