import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smilecascade.bundle import MANIFEST, Judge, Verdicts, check_place, open_bundle, write_bundle
from smilecascade.errors import BundleError
from smilecascade.specs import CascadeSpec

FILES = (MANIFEST, "level1.onnx", "level2.onnx", "level3.onnx")

Facts = dict[str, Any]


@pytest.fixture
def bundle(random_bundle: Path, tmp_path: Path) -> Path:
    """A copy of the bundle that a test may damage."""
    return Path(shutil.copytree(random_bundle, tmp_path / "bundle"))


def resealed(folder: Path, change: Callable[[Facts], object]) -> None:
    """Change the manifest and make its hash fit again, as a forger would."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    del manifest["sha256"]
    change(manifest)
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    text = json.dumps({**manifest, "sha256": digest}, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_bytes(text.encode() + b"\n")


def test_what_is_written_is_read_back(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    facts = {"name": "küçük", "created": "2026-01-01", "figures": {"ap": 0.1 + 0.2}}
    written = write_bundle(tmp_path / "new", random_spec, onnx_nets, facts)
    found = open_bundle(tmp_path / "new")
    assert found == written
    assert found.spec == random_spec
    assert found.nets == onnx_nets
    assert {key: found.manifest[key] for key in facts} == facts
    assert found.digest == found.manifest["sha256"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new"]


def test_the_manifest_holds_the_hash_of_each_file(random_bundle: Path) -> None:
    for name, digest in open_bundle(random_bundle).manifest["files"].items():
        assert hashlib.sha256((random_bundle / name).read_bytes()).hexdigest() == digest


def test_the_digest_names_what_is_in_the_bundle(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    first = write_bundle(tmp_path / "a", random_spec, onnx_nets, {})
    same = write_bundle(tmp_path / "b", random_spec, onnx_nets, {})
    other = write_bundle(tmp_path / "c", replace(random_spec, max_iou=0.31), onnx_nets, {})
    assert first.digest == same.digest != other.digest


def test_a_bundle_is_replaced_by_the_next(
    bundle: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    write_bundle(bundle, random_spec, onnx_nets, {"name": "second"})
    assert open_bundle(bundle).manifest["name"] == "second"
    assert [path.name for path in bundle.parent.iterdir()] == ["bundle"]


def test_what_a_killed_writing_left_is_no_obstacle(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    (tmp_path / "new.partial").mkdir()
    (tmp_path / "new.partial" / "level9.onnx").write_bytes(b"half")
    assert write_bundle(tmp_path / "new", random_spec, onnx_nets, {}).nets == onnx_nets
    assert not (tmp_path / "new" / "level9.onnx").exists()


def test_a_folder_of_something_else_is_never_replaced(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    photo = tmp_path / "photos" / "wedding.jpg"
    photo.parent.mkdir()
    photo.write_bytes(b"dear to me")
    with pytest.raises(BundleError, match="photos: exists and is no bundle; give a new folder"):
        write_bundle(photo.parent, random_spec, onnx_nets, {})
    with pytest.raises(BundleError, match=r"wedding\.jpg: exists and is no bundle"):
        check_place(photo)
    assert photo.read_bytes() == b"dear to me"


def test_an_empty_folder_may_be_filled(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    assert write_bundle(tmp_path / "new", random_spec, onnx_nets, {}) == open_bundle(tmp_path / "new")
    (tmp_path / "empty").mkdir()
    check_place(tmp_path / "empty")


def test_nets_and_levels_must_be_as_many(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    with pytest.raises(BundleError, match=r"expected the files level1\.onnx, level2\.onnx, level3\.onnx"):
        write_bundle(tmp_path / "new", random_spec, onnx_nets[:2], {})
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_one_altered_byte_is_noticed(bundle: Path, name: str, place: float) -> None:
    data = bytearray((bundle / name).read_bytes())
    data[round(place * (len(data) - 1))] ^= 1
    (bundle / name).write_bytes(data)
    with pytest.raises(BundleError, match=rf"{name}: (was altered|is damaged).*fetch the bundle again"):
        open_bundle(bundle)


def test_every_byte_of_the_manifest_counts(bundle: Path) -> None:
    original = (bundle / MANIFEST).read_bytes()
    for place in range(0, len(original), 11):
        for other in (b"\t", b" ", b"0", b"\r"):
            if original[place : place + 1] != other:
                (bundle / MANIFEST).write_bytes(original[:place] + other + original[place + 1 :])
                with pytest.raises(BundleError):
                    open_bundle(bundle)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_noticed(bundle: Path, name: str) -> None:
    (bundle / name).write_bytes((bundle / name).read_bytes()[:-1])
    with pytest.raises(BundleError, match=name):
        open_bundle(bundle)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_missing_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    with pytest.raises(BundleError, match=rf"{name}: No such file.*install or fetch the bundle again"):
        open_bundle(bundle)


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(BundleError, match=r"no bundle there \(manifest\.json cannot be read\)"):
            open_bundle(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"manifest"', "{}", "null", "\x00"])
def test_what_is_no_manifest_is_said_to_be_none(bundle: Path, text: str) -> None:
    (bundle / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(BundleError, match=r"manifest\.json: is damaged or no manifest"):
        open_bundle(bundle)


def test_another_version_says_what_to_update(bundle: Path) -> None:
    resealed(bundle, lambda manifest: manifest.update(format=1))
    with pytest.raises(BundleError, match="format 1, this version reads 2; update smilecascade"):
        open_bundle(bundle)


@pytest.mark.parametrize("name", ["../secret.onnx", "/etc/passwd", "..", "", "a\x00b", "level2.onnx"])
def test_a_name_outside_the_bundle_is_refused(bundle: Path, name: str) -> None:
    secret = bundle.parent / "secret.onnx"
    secret.write_bytes((bundle / "level1.onnx").read_bytes())

    def rename(manifest: Facts) -> None:
        first, *others = manifest["files"].items()
        manifest["files"] = {name: first[1], **dict(others)}

    resealed(bundle, rename)
    with pytest.raises(BundleError, match=r"expected the files level1\.onnx, level2\.onnx, level3\.onnx"):
        open_bundle(bundle)


def test_exchanged_levels_are_refused(bundle: Path) -> None:
    resealed(bundle, lambda m: m.update(files=dict(reversed(list(m["files"].items())))))
    with pytest.raises(BundleError, match="expected the files"):
        open_bundle(bundle)


@pytest.mark.parametrize("key", ["spec", "files"])
def test_a_manifest_without_a_part_is_refused(bundle: Path, key: str) -> None:
    resealed(bundle, lambda manifest: manifest.pop(key))
    with pytest.raises(BundleError, match=r"manifest\.json"):
        open_bundle(bundle)


def test_a_spec_of_another_version_is_refused(bundle: Path) -> None:
    resealed(bundle, lambda manifest: manifest["spec"].update(rotations=4))
    with pytest.raises(BundleError, match=r"unknown key 'rotations'.*written by another version"):
        open_bundle(bundle)


@pytest.fixture(scope="session")
def judges(random_bundle: Path) -> tuple[Judge, ...]:
    """The three nets at work; only the last one names points."""
    return open_bundle(random_bundle).judges(threads=1)


def noise(count: int, height: int, width: int) -> np.ndarray:
    """RGBX, as a judge takes it."""
    return np.random.default_rng(0).integers(0, 256, (count, height, width, 4), dtype=np.uint8)


@pytest.mark.parametrize(("level", "window"), [(0, 12), (1, 24), (2, 48)])
def test_a_judge_says_where_the_faces_of_windows_are(
    judges: tuple[Judge, ...], level: int, window: int
) -> None:
    said = judges[level](noise(5, window, window), 0.0)
    assert said.places.tolist() == [0, 1, 2, 3, 4]
    assert 0 <= said.scores.min() < said.scores.max() <= 1
    assert said.displacements is not None
    assert said.displacements.shape == (5, 3)
    for column in (said.scores, said.displacements):
        assert column.dtype == np.float32


def test_only_the_last_level_names_points(judges: tuple[Judge, ...]) -> None:
    first, second, third = (
        judge(noise(5, window, window), 0.0) for judge, window in zip(judges, (12, 24, 48), strict=True)
    )
    assert first.points is None
    assert second.points is None
    assert third.points is not None
    assert third.points.shape == (5, 5, 2)


def test_a_judge_keeps_what_scores_at_least_the_threshold(judges: tuple[Judge, ...]) -> None:
    for judge, window in zip(judges, (12, 24, 48), strict=True):
        pixels = noise(9, window, window)
        everything = judge(pixels, 0.0)
        threshold = float(np.median(everything.scores))
        kept, wanted = judge(pixels, threshold), everything[everything.scores >= threshold]
        assert len(kept) == 5
        np.testing.assert_array_equal(kept.places, wanted.places)
        np.testing.assert_allclose(kept.scores, wanted.scores, atol=1e-6)
        np.testing.assert_allclose(kept.displacements, wanted.displacements, atol=1e-6)
        assert len(judge(pixels, 1.01)) == 0


def test_places_on_a_sheet_count_row_by_row(judges: tuple[Judge, ...]) -> None:
    first, _, _ = judges
    sheet = noise(1, 12 + 2 * 4, 12 + 5 * 4)  # 3 rows and 6 columns in steps of 4
    windows = [
        sheet[0, 4 * row : 4 * row + 12, 4 * column : 4 * column + 12] for row, column in np.ndindex(3, 6)
    ]
    slid, alone = first(sheet, 0.0), first(np.stack(windows), 0.0)
    assert slid.places.tolist() == list(range(18))
    np.testing.assert_allclose(slid.scores, alone.scores, atol=1e-5)
    np.testing.assert_allclose(slid.displacements, alone.displacements, atol=1e-5)


def test_of_no_windows_none_is_kept(judges: tuple[Judge, ...]) -> None:
    for judge, window in zip(judges, (12, 24, 48), strict=True):
        said = judge(noise(0, window, window), 0.0)
        assert len(said) == 0
        assert said.scores.dtype == np.float32


def test_an_uncalibrated_bundle_has_the_same_nets(random_bundle: Path) -> None:
    bundle = open_bundle(random_bundle)
    plain = bundle.uncalibrated()
    assert plain.nets == bundle.nets
    assert [level.calibrate for level in plain.spec.levels] == [False] * 3
    assert replace(plain.spec, levels=bundle.spec.levels) == bundle.spec
    assert [level.calibrate for level in bundle.spec.levels] == [True] * 3


def verdicts(*places: int, displaced: bool = True, pointed: bool = True) -> Verdicts:
    """Verdicts whose every figure is the place of its window."""
    figures = np.array(places, np.float32)
    return Verdicts(
        places=np.array(places, np.int64),
        scores=figures,
        displacements=figures[:, None].repeat(3, 1) if displaced else None,
        points=figures[:, None, None].repeat(5, 1).repeat(2, 2) if pointed else None,
    )


@pytest.mark.parametrize("rows", [np.array([False, True, True]), slice(1, None)])
def test_verdicts_are_picked_with_all_that_is_said(rows: Any) -> None:
    picked = verdicts(4, 6, 9)[rows]
    for column in (picked.places, picked.scores, picked.displacements[:, 0], picked.points[:, 0, 0]):  # type: ignore[index]
        assert column.tolist() == [6, 9]


def test_verdicts_are_joined_in_their_order() -> None:
    joined = Verdicts.concatenate([verdicts(4, 6), Verdicts.none(), verdicts(1)])
    for column in (joined.places, joined.scores, joined.displacements[:, 0], joined.points[:, 0, 0]):  # type: ignore[index]
        assert column.tolist() == [4, 6, 1]


def test_what_a_net_does_not_say_stays_unsaid() -> None:
    part = verdicts(4, 6, displaced=False, pointed=False)
    for said in (part[:1], Verdicts.concatenate([part, part]), Verdicts.concatenate([])):
        assert said.displacements is None
        assert said.points is None


def test_without_a_window_kept_the_verdicts_are_none() -> None:
    for said in (Verdicts.none(), Verdicts.concatenate([]), Verdicts.concatenate([verdicts(), verdicts()])):
        assert len(said) == 0
        assert said.places.dtype == np.int64
        assert said.scores.dtype == np.float32
