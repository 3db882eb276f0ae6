"""The recipe of the starter image model: from icon sets to a pipeline folder with its metrics.

`python -m training.starter all --profile cpu` runs every stage; each stage alone by its name. A stage that was
stopped, by kill -9 too, goes on where its last checkpoint stands; one that is done is skipped.
"""
