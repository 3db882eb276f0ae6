"""Contract suites and small real models, shipped for those who write models, samplers, stores and engines."""
