"""Science that users rerun with their own samplers, models and test functions: `pilotage bench`."""
