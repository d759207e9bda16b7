import pytest

from smilecascade.cli.sightings import clock


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.0"), (59.94, "0:59.9"), (59.96, "1:00.0"), (62.5, "1:02.5"), (3602.5, "1:00:02.5")],
)
def test_times_are_those_of_a_player(seconds: float, text: str) -> None:
    assert clock(seconds) == text
