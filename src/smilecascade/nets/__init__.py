"""The networks, declared flat in PyTorch, by name in one registry."""
