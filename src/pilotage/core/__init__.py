"""Ids, named seed streams, clock, hashing, errors, shape checks, strategy tables and the small protocols."""
