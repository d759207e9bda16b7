"""Faces covered for good in photos and videos."""
