"""Configs are compared key by key, tables within them included."""

from smilecascade.runs.compare import differences


def test_only_what_differs_is_told() -> None:
    first = {"steps": 10, "net": {"name": "joint-48", "dropout": 0.1}, "sets": ["a", "b"], "old": True}
    second = {"steps": 20, "net": {"name": "joint-48", "dropout": 0.2}, "sets": ["a"], "new": None}
    assert differences([first, second]) == {
        "steps": ("10", "20"),
        "net.dropout": ("0.1", "0.2"),
        "sets": ('["a", "b"]', '["a"]'),
        "old": ("true", None),
        "new": (None, "null"),
    }


def test_what_all_share_is_not_told() -> None:
    assert differences([{"steps": 10}, {"steps": 10}, {"steps": 11}]) == {"steps": ("10", "10", "11")}
    assert differences([{"a": float("nan")}, {"a": float("nan")}]) == {}


def test_fewer_than_two_configs_differ_in_nothing() -> None:
    assert differences([]) == differences([{"steps": 10}]) == {}
