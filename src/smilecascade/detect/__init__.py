"""The cascade at work: one level, the whole path."""
