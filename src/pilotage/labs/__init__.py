"""Labs: models run, labs study. Axes of language, their vectors and profiles."""
