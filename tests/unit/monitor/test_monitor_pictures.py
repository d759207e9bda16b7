"""Images of runs are served, and nothing else of the disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.monitor.answers import RequestError
from smilecascade.monitor.pictures import image_file

Reader = Any


@pytest.fixture
def image(root: Path) -> str:
    """The address of an image."""
    with runs.start("a", root) as run:
        run.image("samples", np.full((4, 5, 3), 7, np.uint8), step=3)
    (found,) = runs.open_store(root).images(run.id)
    return f"/{found.path.as_posix()}"


@pytest.fixture
def secret(root: Path) -> Path:
    """A file beside the folder of runs."""
    path = root.parent / "secret.png"
    path.write_bytes(b"secret")
    return path


def test_an_image_is_a_png(reader: Reader, image: str) -> None:
    answer = reader.get(image)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "name",
    [
        *("../../secret.png", "a/../../../secret.png", "..\\..\\secret.png", "../images/../../secret.png"),
        *("{secret}", "/{secret}", "../{secret}", "~/secret.png", "secret.png\0", "", ".", "..", "a" * 9000),
    ],
)
def test_no_name_leads_out_of_the_images(root: Path, image: str, secret: Path, name: str) -> None:
    with pytest.raises(RequestError, match="there is no such image"):
        image_file(root, name.format(secret=secret))


@pytest.mark.parametrize(
    "path", ["..%2f..%2fsecret.png", "%2e%2e/%2e%2e/secret.png", "%2f{secret}", "/{secret}", "secret.png%00"]
)
def test_nor_does_an_address(reader: Reader, image: str, secret: Path, path: str) -> None:
    answer = reader.get(f"/images/{path}".format(secret=secret))
    assert answer.status_code == 404
    assert answer.json()["error"].startswith("there is no such image")


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("link.png", "secret.png"),
        ("folder", "."),
        ("link.png", "runs/runs.sqlite"),
        ("link.png", "runs/beside.png"),
    ],
)
def test_links_are_followed_only_to_other_images(
    reader: Reader, root: Path, image: str, secret: Path, link: str, target: str
) -> None:
    (root / "beside.png").write_bytes(b"secret")
    (root / "images" / link).symlink_to(root.parent / target)
    below = f"/images/{link}/secret.png" if link == "folder" else f"/images/{link}"
    assert reader.get(below).status_code == 404
    (root / "images" / "again.png").symlink_to(root / image[1:])
    assert reader.get("/images/again.png").status_code == 200


def test_images_that_lie_elsewhere_as_a_whole_are_not_served(
    reader: Reader, root: Path, secret: Path
) -> None:
    root.mkdir()
    (root / "images").symlink_to(root.parent)
    assert reader.get("/images/secret.png").status_code == 404


def test_the_folder_of_runs_may_be_a_link(
    open_reader: Callable[..., Reader], root: Path, image: str, tmp_path: Path
) -> None:
    root.rename(tmp_path / "disk")
    root.symlink_to(tmp_path / "disk")
    assert open_reader().get(image).status_code == 200


def test_what_is_no_image_is_not_served(reader: Reader, root: Path, image: str) -> None:
    (root / "images" / "notes.txt").write_text("mine")
    (root / "images" / "folder.png").mkdir()
    for name in ("notes.txt", "folder.png", "none.png"):
        answer = reader.get(f"/images/{name}")
        assert answer.status_code == 404
        assert answer.json()["error"] == "there is no such image; it may have been deleted with its run"
