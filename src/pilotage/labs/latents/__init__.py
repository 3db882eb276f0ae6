"""Latent spaces that you train yourself: data, runs and their folders, maps, the network lab."""
