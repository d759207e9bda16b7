"""``smilecascade train expression`` from raw data to a bundle that says what faces show, in a few steps."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import smilecascade
from smilecascade.bundle import open_bundle
from smilecascade.images import read
from smilecascade.runs import open_store

PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"
VOTES = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few tiles of each set in its layout; the faces of CelebA are a real one, so that it is found."""
    folder = tmp_path_factory.mktemp("train") / "data"
    rng = np.random.default_rng(0)
    _write_ferplus(folder / "fer2013_ferplus", rng)
    photo = read(PHOTO)
    face = max(smilecascade.load(threads=1).detect(photo), key=lambda face: face.box[3] - face.box[1])
    around = tuple(map(round, np.add(face.box, (-40, -40, 40, 40))))
    close = Image.fromarray(photo).crop(around).resize((89, 109))
    rows = [f"{n},{n % 2},0,0,0,{n},0" for n in range(1, 13)]
    columns = "Smiling,Mouth_Slightly_Open,Narrow_Eyes,Eyeglasses,identity,heldout"
    _write_pictures(folder / "celeba10k", columns, rows, [close] * 12)
    eyes = [Image.fromarray(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)) for _ in range(12)]
    _write_pictures(folder / "eyestate", "closed", [f"{n},{n % 2}" for n in range(1, 13)], eyes)
    return folder


def _write_ferplus(folder: Path, rng: np.random.Generator) -> None:
    folder.mkdir(parents=True)
    faces, votes = ["emotion,pixels,Usage"], [VOTES]
    for index in range(24):
        usage = "PublicTest" if index >= 16 else "Training"
        pixels = " ".join(map(str, rng.integers(0, 256, 48 * 48)))
        faces.append(f"3,{pixels},{usage}")
        counts = [9 if kind == index % 8 else 0 for kind in range(10)]
        votes.append(f"{usage},{index}.png,{','.join(map(str, counts))}")
    (folder / "fer2013.csv").write_text("\n".join(faces))
    (folder / "fer2013new.csv").write_text("\n".join(votes))


def _write_pictures(folder: Path, columns: str, rows: list[str], pictures: list[Image.Image]) -> None:
    (folder / "images").mkdir(parents=True)
    (folder / "rows.csv").write_text("\n".join([f"index,{columns}", *rows]))
    for index, picture in enumerate(pictures, start=1):
        picture.save(folder / "images" / f"{index:06d}.png")


def train(data: Path, out: Path, *more: object) -> "subprocess.CompletedProcess[str]":
    places = {"--data": data, "--out": out, "--runs": out.with_name("runs")}
    options = places | {"--steps": 2, "--seed": 7, "--threads": 1}
    words = [str(word) for option in options.items() for word in option]
    command = [sys.executable, "-m", "smilecascade", "train", "expression", *words, *map(str, more)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)


@pytest.fixture(scope="module")
def out(data: Path) -> Path:
    """The bundle of a whole training."""
    out = data.parent / "whole" / "bundle"
    run = train(data, out)
    assert run.returncode == 0, run.stderr
    assert f"{out}: with expressions, " in run.stdout
    return out


def test_the_cascade_stays_and_says_what_faces_show(out: Path) -> None:
    shipped, written = open_bundle(), open_bundle(out)
    assert (written.nets, written.aligner, written.spec) == (shipped.nets, shipped.aligner, shipped.spec)
    assert written.manifest["figures"] == shipped.manifest["figures"]
    assert written.manifest["expression"]["training"]["student"]["steps"] == 2
    (face, *_) = smilecascade.load(out, threads=1).analyze(read(PHOTO))
    assert face.expression is not None


def test_each_net_is_a_run_with_its_figures_and_samples(out: Path) -> None:
    store = open_store(out.with_name("runs"))
    names = {run.name: run for run in store.runs()}
    assert set(names) == {"expression teacher", "expression student", "expression eyes"}
    student = names["expression student"]
    assert student.state == "finished"
    assert {"loss", "val_accuracy", "val_mean_recall"} <= set(store.metrics(student.id))
    assert [image.name for image in store.images(student.id)] == ["samples"]


def test_a_training_that_is_there_is_gone_on_with_only_when_asked(data: Path, out: Path) -> None:
    refused = train(data, out)
    assert refused.returncode == 2
    assert "give --resume to go on with it" in refused.stderr
    before = (out / "expression.onnx").read_bytes()
    resumed = train(data, out, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert (out / "expression.onnx").read_bytes() == before


def test_data_that_is_not_there_is_said_in_a_line(tmp_path: Path) -> None:
    run = train(tmp_path, tmp_path / "bundle")
    assert run.returncode == 2
    assert "rows.csv: cannot be read" in run.stderr
    assert "Traceback" not in run.stderr
