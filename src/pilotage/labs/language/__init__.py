"""Steering language: axes, vectors, doses."""
