"""What is found, as plain values for JSON."""

from smilecascade.export import FoundFaces, FoundFrame, Outcome, Unread, to_json
from smilecascade.records import Face

FACE = Face(box=(1.23456, 2.0, 30.5, 40.999), score=0.98765432)
PLAIN_FACE = {"box": [1.23, 2.0, 30.5, 41.0], "score": 0.987654, "points": None}


def test_a_photo_with_a_face_is_its_path_size_and_rounded_faces() -> None:
    found = FoundFaces(path="a.jpg", width=640, height=480, faces=(FACE,))
    assert to_json(found) == {"path": "a.jpg", "width": 640, "height": 480, "faces": [PLAIN_FACE]}


def test_a_frame_is_its_path_number_time_and_faces() -> None:
    found = FoundFrame(path="a.mp4", frame=30, time_s=1.25, faces=(FACE,))
    plain = to_json(found)
    assert plain == {"path": "a.mp4", "frame": 30, "time_s": 1.25, "faces": [PLAIN_FACE | {"track": None}]}


def test_points_are_five_pairs() -> None:
    points = tuple((i + 0.125, 2.0 * i) for i in range(5))
    face = Face(box=(0, 0, 9, 9), score=1.0, points=points)
    found = to_json(FoundFaces(path="a.jpg", width=9, height=9, faces=(face,)))["faces"][0]
    assert found["points"] == [[0.12, 0.0], [1.12, 2.0], [2.12, 4.0], [3.12, 6.0], [4.12, 8.0]]


def test_a_track_and_an_expression_are_there_where_somebody_asked(outcomes: list[Outcome]) -> None:
    (smiling,) = to_json(outcomes[3])["faces"]
    assert smiling["track"] == 3
    assert (smiling["expression"], smiling["smiley"]) == ("happiness", "😀")
    assert smiling["probabilities"] == {"happiness": 0.9, "neutral": 0.1}


def test_a_photo_without_faces_has_an_empty_list() -> None:
    assert to_json(FoundFaces(path="b.jpg", width=1, height=1, faces=()))["faces"] == []


def test_an_unread_photo_is_its_path_and_the_error() -> None:
    assert to_json(Unread(path="c.jpg", error="is empty")) == {"path": "c.jpg", "error": "is empty"}
