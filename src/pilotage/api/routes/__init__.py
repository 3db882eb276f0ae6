"""Routes by subject; each parses, calls one verb, answers."""

from pilotage.api.routes import artifacts, events, jobs, models, retention, revisions, sessions, system

ROUTERS = (
    system.router,
    models.router,
    sessions.router,
    revisions.router,
    retention.router,
    jobs.router,
    artifacts.router,
    events.router,
)

__all__ = ["ROUTERS"]
