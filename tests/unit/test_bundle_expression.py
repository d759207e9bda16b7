"""The net of expressions in a bundle: it may be there, and is vouched for as all others."""

from pathlib import Path

import numpy as np
import pytest

from smilecascade.bundle import EXPRESSION, open_bundle, write_bundle
from smilecascade.errors import BundleError
from smilecascade.specs import CascadeSpec


def test_a_bundle_without_expressions_is_whole_all_the_same(random_bundle: Path) -> None:
    found = open_bundle(random_bundle)
    assert found.expression is None
    assert found.express() is None


def test_the_net_is_read_back_and_says_what_faces_show(
    expressive_bundle: Path, onnx_expression: bytes
) -> None:
    found = open_bundle(expressive_bundle)
    assert found.expression == onnx_expression
    assert found.aligner is not None
    express = found.express(threads=1)
    assert express is not None
    faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 4), dtype=np.uint8)
    emotions, smile, mouth_open, eyes_closed = express(faces, np.zeros((6, 24, 24, 4), np.uint8))
    assert emotions.sum(1) == pytest.approx(np.ones(3), abs=1e-5)
    assert (smile.shape, mouth_open.shape, eyes_closed.shape) == ((3,), (3,), (3, 2))


def test_expressions_need_no_aligner(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...], onnx_expression: bytes
) -> None:
    written = write_bundle(tmp_path / "new", random_spec, onnx_nets, {}, expression=onnx_expression)
    assert (written.aligner, written.expression) == (None, onnx_expression)


def test_an_altered_net_is_refused(tmp_path: Path, expressive_bundle: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    for file in expressive_bundle.iterdir():
        (bundle / file.name).write_bytes(file.read_bytes())
    damaged = bytearray((bundle / EXPRESSION).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (bundle / EXPRESSION).write_bytes(damaged)
    with pytest.raises(BundleError, match=r"expression\.onnx: was altered"):
        open_bundle(bundle)
