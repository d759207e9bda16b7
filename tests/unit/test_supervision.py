import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import smilecascade
from smilecascade.errors import SmilecascadeError
from smilecascade.records import Face

POINTS = ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.0))
PLAIN = Face(box=(1.0, 2.0, 30.0, 40.0), score=0.75)
WHOLE = Face(
    box=(5.0, 6.0, 70.0, 80.0), score=0.5, points=POINTS, track=3, expression="happiness", smiley="😀"
)


@dataclass
class Detections:
    """What supervision is given, where it is not installed."""

    xyxy: np.ndarray
    confidence: np.ndarray
    class_id: np.ndarray
    tracker_id: np.ndarray | None
    data: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(params=["installed", "stub"])
def supervision(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "installed":
        pytest.importorskip("supervision")
    else:
        monkeypatch.setitem(sys.modules, "supervision", SimpleNamespace(Detections=Detections))


@pytest.mark.usefixtures("supervision")
def test_faces_become_detections_in_the_same_order() -> None:
    found = smilecascade.to_supervision([WHOLE, PLAIN])
    assert found.xyxy.tolist() == [[5, 6, 70, 80], [1, 2, 30, 40]]
    assert (found.xyxy.dtype, found.confidence.dtype) == (np.float32, np.float32)
    assert found.confidence.tolist() == [0.5, 0.75]
    assert found.class_id.tolist() == [0, 0]
    assert found.data["class_name"].tolist() == ["face", "face"]


@pytest.mark.usefixtures("supervision")
def test_what_every_face_has_goes_along() -> None:
    found = smilecascade.to_supervision([WHOLE, WHOLE])
    assert found.tracker_id.tolist() == [3, 3]
    assert found.data["points"].shape == (2, 5, 2)
    assert found.data["expression"].tolist() == ["happiness"] * 2
    assert found.data["smiley"].tolist() == ["😀"] * 2


@pytest.mark.usefixtures("supervision")
def test_what_some_face_lacks_is_left_out() -> None:
    found = smilecascade.to_supervision([WHOLE, PLAIN])
    assert found.tracker_id is None
    assert list(found.data) == ["class_name"]


@pytest.mark.usefixtures("supervision")
def test_no_faces_are_empty_detections() -> None:
    found = smilecascade.to_supervision([])
    assert (found.xyxy.shape, found.confidence.shape, found.class_id.shape) == ((0, 4), (0,), (0,))
    assert found.tracker_id is None


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "supervision", None)
    with pytest.raises(SmilecascadeError, match=r"pip install 'smilecascade\[supervision\]'"):
        smilecascade.to_supervision([PLAIN])
