"""Ours with untrained nets, YuNet's boxes from a model of constant outputs, Haar on a photo with one face."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import smilecascade
from smilecascade.datasets import open_set
from smilecascade.detect.cascade import Stage
from smilecascade.errors import SmilecascadeError
from smilecascade.evaluate.measure import Found, performance
from smilecascade.evaluate.peers import Haar, Ours, Traced, Uncalibrated, YuNet, opencv
from smilecascade.images import read

STRIDES = (8, 16, 32)
#: About the face in examples/astronaut.jpg, from the brow to the chin.
FACE_OF_ASTRONAUT = (176, 66, 273, 170)
BLUE = np.full((32, 64, 3), (0, 0, 255), np.uint8)


def _model(path: Path, outputs: dict[str, np.ndarray]) -> Path:
    """A model that says the same of every picture, but sees the less on stride 8 the less blue it is."""
    values = {**outputs, "blue": np.array(0), "most": np.array(255, np.float32), "sure": outputs["cls_8"]}
    constants = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value))
        for name, value in values.items()
        if name != "cls_8"
    ]
    weighed = [
        helper.make_node("ReduceMax", ["input"], ["brightest"], axes=[2, 3]),
        helper.make_node("Gather", ["brightest", "blue"], ["blueness"], axis=1),
        helper.make_node("Div", ["blueness", "most"], ["share"]),
        helper.make_node("Mul", ["sure", "share"], ["cls_8"]),
    ]
    pixels = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, "height", "width"])
    infos = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in outputs.items()
    ]
    graph = helper.make_graph([*constants, *weighed], "constant", [pixels], infos)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


def _silent(height: int = 32, width: int = 64) -> dict[str, np.ndarray]:
    """Outputs that see nothing anywhere."""
    cells = {stride: (height // stride) * (width // stride) for stride in STRIDES}
    widths = {"cls": 1, "obj": 1, "bbox": 4}
    return {
        f"{kind}_{stride}": np.zeros((1, cells[stride], columns), np.float32)
        for kind, columns in widths.items()
        for stride in STRIDES
    }


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Sees a face of 32 x 16 in the second row and third column of stride 8, moved by (4, -2)."""
    outputs = _silent()
    cell = 1 * 8 + 2
    outputs["cls_8"][0, cell], outputs["obj_8"][0, cell] = 0.81, 0.64
    outputs["bbox_8"][0, cell] = (0.5, -0.25, np.log(4), np.log(2))
    return _model(tmp_path / "yunet.onnx", outputs)


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)


@pytest.fixture
def ours_and_still(random_bundle: Path) -> tuple[Ours, Uncalibrated]:
    cascade = smilecascade.load(random_bundle, threads=1)
    return Ours(cascade=cascade, min_score=0.02), Uncalibrated(cascade, min_score=0.02)


def _steps(detector: Traced, image: np.ndarray) -> dict[tuple[int, str], Stage]:
    return {(stage.level, stage.step): stage for stage in detector.trace(image, 24)}


def test_without_calibration_the_same_windows_stay_where_they_are(
    ours_and_still: tuple[Ours, Uncalibrated], noise: np.ndarray
) -> None:
    moved, still = (_steps(detector, noise) for detector in ours_and_still)
    before = still[1, "classified"].candidates.boxes
    assert len(before) > 0
    np.testing.assert_array_equal(moved[1, "classified"].candidates.boxes, before)
    np.testing.assert_array_equal(still[1, "calibrated"].candidates.boxes, before)
    assert (moved[1, "calibrated"].candidates.boxes != before).any()


def test_the_least_score_holds_for_what_is_found_but_not_for_the_levels(
    ours_and_still: tuple[Ours, Uncalibrated], noise: np.ndarray
) -> None:
    for detector in ours_and_still:
        assert min(face.score for face in detector.detect(noise, 24)) < 0.5
        assert (_steps(detector, noise)[3, "classified"].candidates.scores >= 0.5).all()


def test_our_detectors_have_names_of_their_own(ours_and_still: tuple[Ours, Uncalibrated]) -> None:
    assert [one.name for one in ours_and_still] == ["smilecascade", "smilecascade uncalibrated"]


def test_yunet_decodes_a_box(model: Path) -> None:
    (face,) = YuNet(model).detect(BLUE, min_face=20)
    assert face.score == pytest.approx(0.72)  # √(0.81·0.64)
    assert face.box == pytest.approx((20 - 16, 6 - 8, 20 + 16, 6 + 8))


def test_yunet_is_given_blue_green_red(model: Path) -> None:
    assert YuNet(model).detect(BLUE[:, :, ::-1].copy(), min_face=20) == []


def test_yunet_shrinks_the_photo_until_the_smallest_face_has_its_side(model: Path) -> None:
    (face,) = YuNet(model, smallest=16).detect(np.tile(BLUE, (2, 2, 1)), min_face=32)
    assert face.box == pytest.approx((8, -4, 72, 28))


def test_yunet_never_enlarges(model: Path) -> None:
    (face,) = YuNet(model, smallest=16).detect(BLUE, min_face=8)
    assert face.box == pytest.approx((4, -2, 36, 14))


def test_yunet_pads_what_is_no_multiple_of_32(model: Path) -> None:
    assert len(YuNet(model).detect(BLUE[:20, :40], min_face=20)) == 1


def test_yunet_leaves_out_low_scores(model: Path) -> None:
    assert YuNet(model, min_score=0.73).detect(BLUE, min_face=20) == []


def test_yunet_filters_over_all_strides(tmp_path: Path) -> None:
    outputs = _silent()
    outputs["cls_16"][0, :2] = outputs["obj_16"][0, :2] = [[0.5], [0.9]]
    outputs["cls_32"][0, 0] = outputs["obj_32"][0, 0] = 0.7
    # (-8, -8, 8, 8), (8, -8, 24, 8) and (-16, -16, 16, 16): the last overlaps the first by 1/4.
    model = _model(tmp_path / "yunet.onnx", outputs)
    scores = [face.score for face in YuNet(model, max_iou=0.2).detect(BLUE, min_face=20)]
    assert scores == pytest.approx([0.9, 0.7])
    assert len(YuNet(model, max_iou=0.3).detect(BLUE, min_face=20)) == 3


def test_yunets_name_says_how_it_looks(model: Path) -> None:
    assert [YuNet(model).name, YuNet(model, smallest=16).name] == ["YuNet", "YuNet @16"]


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "notes.onnx").write_text("Dear diary,\n")
    with pytest.raises(SmilecascadeError, match=r"notes.onnx: is no ONNX file that can be read \("):
        YuNet(tmp_path / "notes.onnx")


def test_a_model_of_something_else(tmp_path: Path) -> None:
    outputs = _silent()
    del outputs["obj_16"]
    with pytest.raises(SmilecascadeError, match=r"has no output obj_16; give a YuNet model"):
        YuNet(_model(tmp_path / "other.onnx", outputs))


def test_without_opencv_the_message_names_the_extra(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert len(YuNet(model).detect(BLUE, min_face=20)) == 1
    for make in (opencv, Haar, lambda: YuNet(model, smallest=16)):
        with pytest.raises(SmilecascadeError, match=r"pip install 'smilecascade\[benchmark\]'"):
            make()


def test_haar_finds_a_face(astronaut: Path) -> None:
    best, *others = Haar().detect(read(astronaut), min_face=60)
    assert best.box == pytest.approx(FACE_OF_ASTRONAUT, abs=25)
    assert 0 < best.score < 1
    assert all(other.score <= best.score for other in others)


def test_haar_finds_nothing_where_nothing_is() -> None:
    assert Haar().detect(BLUE, min_face=20) == []


@pytest.mark.data
def test_yunet_does_on_real_photos_what_its_authors_say(dataset: Callable[[str], Path], root: Path) -> None:
    shared = root / os.environ.get("SMILECASCADE_SHARED", "../shared")
    model = shared / "peers" / "yunet_n_dynamic.onnx"
    if not model.is_file():
        pytest.skip(f"{model} is missing")
    photos = list(open_set("webfaces", dataset("caltech_webfaces_val")))[:80]
    yunet = YuNet(model)
    found = [Found.of(yunet.detect(read(photo.path), 20)) for photo in photos]
    assert performance(yunet.name, photos, found, min_face=20).ap.value > 0.95
