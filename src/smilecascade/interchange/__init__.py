"""Detections and labels in the formats of others, read and written."""
