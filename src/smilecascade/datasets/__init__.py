"""Readers of face data sets, each of its set's own published layout."""
