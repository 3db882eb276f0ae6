"""The job engine port: work that is asked for in a transaction and done once, here or in a worker."""

from pilotage.jobs.base import JobEngine, Verb, Verbs
from pilotage.jobs.inline import InlineEngine
from pilotage.jobs.run import run_job

__all__ = ["InlineEngine", "JobEngine", "Verb", "Verbs", "run_job"]
