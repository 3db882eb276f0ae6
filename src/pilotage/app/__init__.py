"""Settings and wiring: the only room that names concrete models, stores and engines."""
