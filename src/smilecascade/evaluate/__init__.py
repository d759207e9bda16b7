"""Measuring: matching, curves, protocols, peers, reports."""
