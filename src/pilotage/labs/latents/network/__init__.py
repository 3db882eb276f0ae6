"""The network lab: what a trained net does with one picture, from a checkpoint, never from a model that is trained.

`lab` and what it is made of need torch and are imported where a run is looked into.
"""
