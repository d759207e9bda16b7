"""The article's experiments, one command each: trainings side by side, and a report that answers a claim."""
