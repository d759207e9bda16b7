import pytest

from painted import PaintedCascade


@pytest.fixture
def cascade() -> PaintedCascade:
    """A cascade that finds painted faces."""
    return PaintedCascade()
