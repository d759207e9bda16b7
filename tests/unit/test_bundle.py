import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smilecascade.bundle import MANIFEST, check_place, open_bundle, write_bundle
from smilecascade.errors import BundleError
from smilecascade.specs import CascadeSpec

FILES = (MANIFEST, "level1.onnx", "level2.onnx", "level3.onnx", "align.onnx")

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
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...], onnx_aligner: bytes
) -> None:
    facts = {"name": "küçük", "created": "2026-01-01", "figures": {"ap": 0.1 + 0.2}}
    written = write_bundle(tmp_path / "new", random_spec, onnx_nets, facts, aligner=onnx_aligner)
    found = open_bundle(tmp_path / "new")
    assert found == written
    assert found.spec == random_spec
    assert found.nets == onnx_nets
    assert found.aligner == onnx_aligner
    assert {key: found.manifest[key] for key in facts} == facts
    assert found.digest == found.manifest["sha256"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new"]


def test_a_bundle_in_training_has_no_aligner(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    write_bundle(tmp_path / "new", random_spec, onnx_nets, {})
    found = open_bundle(tmp_path / "new")
    assert found.nets == onnx_nets
    assert found.aligner is None
    assert found.align() is None
    assert sorted(path.name for path in found.path.iterdir()) == sorted(set(FILES) - {"align.onnx"})


def test_the_manifest_holds_the_hash_of_each_file(random_bundle: Path) -> None:
    digests = open_bundle(random_bundle).manifest["files"]
    assert tuple(digests) == FILES[1:]
    for name, digest in digests.items():
        assert hashlib.sha256((random_bundle / name).read_bytes()).hexdigest() == digest


def test_the_digest_names_what_is_in_the_bundle(
    tmp_path: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...], onnx_aligner: bytes
) -> None:
    first = write_bundle(tmp_path / "a", random_spec, onnx_nets, {})
    same = write_bundle(tmp_path / "b", random_spec, onnx_nets, {})
    other = write_bundle(tmp_path / "c", replace(random_spec, max_iou=0.31), onnx_nets, {})
    whole = write_bundle(tmp_path / "d", random_spec, onnx_nets, {}, aligner=onnx_aligner)
    assert first.digest == same.digest
    assert len({first.digest, other.digest, whole.digest}) == 3


def test_a_bundle_is_replaced_by_the_next(
    bundle: Path, random_spec: CascadeSpec, onnx_nets: tuple[bytes, ...]
) -> None:
    write_bundle(bundle, random_spec, onnx_nets, {"name": "second"})
    assert open_bundle(bundle).manifest["name"] == "second"
    assert not (bundle / "align.onnx").exists(), "the second has none"
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
    resealed(bundle, lambda manifest: manifest.update(format=2))
    with pytest.raises(BundleError, match="format 2, this version reads 3; update smilecascade"):
        open_bundle(bundle)


@pytest.mark.parametrize("renamed", ["level1.onnx", "align.onnx"])
@pytest.mark.parametrize("name", ["../secret.onnx", "/etc/passwd", "..", "", "a\x00b", "level4.onnx"])
def test_a_name_outside_the_bundle_is_refused(bundle: Path, renamed: str, name: str) -> None:
    secret = bundle.parent / "secret.onnx"
    secret.write_bytes((bundle / renamed).read_bytes())

    def rename(manifest: Facts) -> None:
        files = manifest["files"].items()
        manifest["files"] = {name if key == renamed else key: digest for key, digest in files}

    resealed(bundle, rename)
    levels = r"level1\.onnx, level2\.onnx, level3\.onnx"
    wanted = rf"expected the files {levels} and, if any, align\.onnx and expression\.onnx;"
    with pytest.raises(BundleError, match=wanted):
        open_bundle(bundle)


def test_a_file_that_no_bundle_has_is_refused(bundle: Path) -> None:
    shutil.copy(bundle / "align.onnx", bundle / "extra.onnx")
    resealed(bundle, lambda m: m["files"].update({"extra.onnx": m["files"]["align.onnx"]}))
    with pytest.raises(BundleError, match="expected the files"):
        open_bundle(bundle)


def test_what_the_manifest_does_not_name_is_not_read(bundle: Path) -> None:
    resealed(bundle, lambda manifest: manifest["files"].pop("align.onnx"))
    assert open_bundle(bundle).aligner is None


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


def test_an_uncalibrated_bundle_has_the_same_nets(random_bundle: Path) -> None:
    bundle = open_bundle(random_bundle)
    plain = bundle.uncalibrated()
    assert plain.nets == bundle.nets
    assert [level.calibrate for level in plain.spec.levels] == [False] * 3
    assert plain.aligner is None, "it would calibrate at the end"
    assert replace(plain.spec, levels=bundle.spec.levels) == bundle.spec
    assert [level.calibrate for level in bundle.spec.levels] == [True] * 3
