"""Buying."""
