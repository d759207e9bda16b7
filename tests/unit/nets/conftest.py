"""Each net of the registry in turn, and PyTorch left as it was."""

import pytest

from smilecascade.nets import NETS


@pytest.fixture(autouse=True)
def _quiet(quiet_torch: None) -> None:
    """Seeds and threads are PyTorch's own, and global."""


@pytest.fixture(params=NETS)
def name(request: pytest.FixtureRequest) -> str:
    """Each net of the registry in turn."""
    return str(request.param)
