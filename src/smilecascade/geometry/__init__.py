"""Boxes, the pyramid and suppression: plain geometry, NumPy only."""
