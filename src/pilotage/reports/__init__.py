"""What a person takes away: the picture with its recipe, embeddings, a script, the replay, tidy tables."""
