"""What runs were started with differently."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: Of a key that one run has and another has not.
MISSING = None


def differences(configs: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str | None, ...]]:
    """The keys whose values differ, and their text in each config, or ``MISSING``.

    A key within a table is written with dots, as TOML does. Keys come in the order of the first
    config that has them; of fewer than two configs none differ.
    """
    plain = [dict(flattened(config)) for config in configs]
    keys = {key: None for config in plain for key in config}
    table = {key: tuple(config.get(key, MISSING) for config in plain) for key in keys}
    return {key: values for key, values in table.items() if len(set(values)) > 1}


def flattened(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every key, those of tables within with dots, and its value as text: a string as it is."""
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            yield from flattened(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
