import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from smilecascade.errors import SpecError
from smilecascade.specs import CascadeSpec, LevelSpec, TrainSpec, from_mapping, read_toml, to_mapping

LEVEL: dict[str, Any] = {"net": "joint-12", "window": 12, "min_score": 0.25}
SPECS = [
    LevelSpec(**LEVEL, stride=4, calibrate=False),
    CascadeSpec(levels=(LevelSpec(**LEVEL), LevelSpec(net="joint-24", window=24, min_score=1 / 3))),
    TrainSpec(net="joint-48", steps=9000, learning_rate=1e-3, displaced="classes", precision="bfloat16"),
]


def toml_of(values: dict[str, Any]) -> str:
    """Plain values, then tables: what a person would write."""
    plain = {key: value for key, value in values.items() if not isinstance(value, (list, tuple))}
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    for key in values.keys() - plain.keys():
        lines += [line for item in values[key] for line in (f"[[{key}]]", toml_of(item))]
    return "\n".join(lines)


@pytest.mark.parametrize("spec", SPECS)
def test_a_spec_survives_plain_values(spec: Any) -> None:
    assert from_mapping(type(spec), to_mapping(spec)) == spec


@pytest.mark.parametrize("spec", SPECS)
def test_a_spec_survives_json(spec: Any) -> None:
    assert from_mapping(type(spec), json.loads(json.dumps(to_mapping(spec)))) == spec


@pytest.mark.parametrize("spec", SPECS)
def test_a_spec_survives_toml(spec: Any, tmp_path: Path) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(toml_of(to_mapping(spec)), "utf-8")
    assert read_toml(type(spec), path) == spec


def test_plain_values_belong_to_the_caller() -> None:
    values = {"levels": [dict(LEVEL)]}
    spec = from_mapping(CascadeSpec, values)
    values["levels"][0]["window"] = 24
    assert spec.levels[0].window == 12
    assert values == {"levels": [{**LEVEL, "window": 24}]}


def test_defaults_fill_what_is_not_given() -> None:
    assert from_mapping(LevelSpec, LEVEL) == LevelSpec(**LEVEL)


def test_whole_numbers_serve_as_floats() -> None:
    spec = from_mapping(LevelSpec, {**LEVEL, "min_score": 1})
    assert isinstance(spec.min_score, float)


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(
        SpecError, match=r"^spec: unknown key 'min_scor'; the nearest known one is 'min_score'"
    ):
        from_mapping(LevelSpec, {**LEVEL, "min_scor": 0.5})


def test_a_key_like_none_of_them_names_one_all_the_same() -> None:
    with pytest.raises(SpecError, match="unknown key '§§'; the nearest known one is '"):
        from_mapping(LevelSpec, {**LEVEL, "§§": 1})


def test_an_unknown_key_deep_down_says_where() -> None:
    with pytest.raises(SpecError, match=r"^manifest\.levels\[1\]: unknown key 'windw'.*'window'"):
        from_mapping(CascadeSpec, {"levels": [LEVEL, {**LEVEL, "windw": 3}]}, where="manifest")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(SpecError, match=r"^spec: missing key 'net'"):
        from_mapping(TrainSpec, {"steps": 3})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("window", "12", r"spec\.window: expected int, got '12'"),
        ("window", 12.0, r"spec\.window: expected int, got 12\.0"),
        ("window", True, r"spec\.window: expected int, got True"),
        ("min_score", "high", r"spec\.min_score: expected float, got 'high'"),
        ("min_score", False, r"spec\.min_score: expected float, got False"),
        ("min_score", None, r"spec\.min_score: expected float, got None"),
        ("net", 12, r"spec\.net: expected str, got 12"),
        ("calibrate", 0, r"spec\.calibrate: expected bool, got 0"),
    ],
)
def test_a_wrong_type_is_named(key: str, value: object, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        from_mapping(LevelSpec, {**LEVEL, key: value})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "displaced",
            "nowhere",
            r"spec\.displaced: expected 'classes' or 'anywhere' or 'nearly', got 'nowhere'",
        ),
        ("precision", "float16", r"spec\.precision: expected 'float32' or 'bfloat16', got 'float16'"),
        ("precision", 32, r"spec\.precision: expected 'float32' or 'bfloat16', got 32"),
    ],
)
def test_a_choice_names_what_may_be_chosen(key: str, value: object, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        from_mapping(TrainSpec, {"net": "joint-48", "steps": 3, key: value})


def test_levels_must_be_a_list_of_tables() -> None:
    with pytest.raises(SpecError, match=r"spec\.levels: expected a list, got 'joint-12'"):
        from_mapping(CascadeSpec, {"levels": "joint-12"})
    with pytest.raises(SpecError, match=r"spec\.levels\[0\]: expected a table of keys, got str"):
        from_mapping(CascadeSpec, {"levels": ["joint-12"]})


def test_a_cascade_has_at_least_one_level() -> None:
    with pytest.raises(SpecError, match="levels: expected at least one level, got none"):
        CascadeSpec(levels=())


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("min_score", 1.01, r"spec: min_score: expected 0 to 1, got 1\.01"),
        ("min_score", float("nan"), "spec: min_score: expected 0 to 1, got nan"),
        ("max_iou", -0.1, r"spec: max_iou: expected 0 to 1, got -0\.1"),
        ("window", 0, "spec: window: expected 1 to 1024, got 0"),
        ("stride", 13, "spec: stride: expected 1 to 12, got 13"),
        ("batch", 0, "spec: batch: expected 1 to 65536, got 0"),
    ],
)
def test_a_level_out_of_range_is_refused(key: str, value: object, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        from_mapping(LevelSpec, {**LEVEL, key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("scales_per_octave", 0),
        ("padding", 1.1),
        ("largest", 0.0),
        ("max_iou", 1.5),
        ("align_window", 0),
        ("scan_batch", 0),
        ("align_batch", 0),
        ("face_width", 0.0),
        ("face_height", float("inf")),
    ],
)
def test_a_cascade_out_of_range_is_refused(key: str, value: float) -> None:
    with pytest.raises(SpecError, match=f"^{key}: expected "):
        dataclasses.replace(SPECS[1], **{key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("steps", 0),
        ("batch", 0),
        ("positives", 0.0),
        ("positives", 1.01),
        ("displacement_weight", -0.1),
        ("points_weight", float("nan")),
        ("boxes_weight", -0.1),
        ("hard_share", 0.0),
        ("learning_rate", 0.0),
        ("weight_decay", -1e-4),
        ("warmup", -1),
        ("seed", -1),
        ("seed", 2**40),
        ("threads", 0),
        ("validate_every", 0),
        ("parts", 0),
    ],
)
def test_a_training_out_of_range_is_refused(key: str, value: float) -> None:
    with pytest.raises(SpecError, match=f"^{key}: expected "):
        dataclasses.replace(SPECS[2], **{key: value})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"no\.toml: cannot be read \(No such file.*give the path of a TOML"):
        read_toml(TrainSpec, tmp_path / "no.toml")


@pytest.mark.parametrize("content", [b"steps = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=r"broken\.toml: is not TOML"):
        read_toml(TrainSpec, path)


def test_a_fault_in_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "spec.toml"
    path.write_text('net = "joint-12"\nsteps = 3\nbatc = 4\n', "utf-8")
    with pytest.raises(SpecError, match=r"spec\.toml: unknown key 'batc'; the nearest known one is 'batch'"):
        read_toml(TrainSpec, path)
