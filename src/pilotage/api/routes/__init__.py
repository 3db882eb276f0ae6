"""Routes by subject; each parses, calls one verb, answers."""

from pilotage.api.routes import (
    artifacts,
    bundles,
    calibration,
    configs,
    convergence,
    conversations,
    events,
    experiments,
    jobs,
    language,
    models,
    openai,
    profiles,
    retention,
    revisions,
    sessions,
    steerlab,
    system,
    taste,
    traces,
)

ROUTERS = (
    system.router,
    models.router,
    configs.router,
    calibration.router,
    sessions.router,
    convergence.router,
    revisions.router,
    taste.router,
    experiments.router,
    retention.router,
    jobs.router,
    artifacts.router,
    events.router,
    traces.router,
    bundles.router,
    language.router,
    profiles.router,
    conversations.router,
    openai.router,
    steerlab.router,
)

__all__ = ["ROUTERS"]
