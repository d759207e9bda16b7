from pathlib import Path

import pytest

from smilecascade.cli import engines, run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "writes Parquet shards into a folder: give --out DIR"),
        (("--out", "-"), "give --out DIR"),
        (("--out", "o", "--resume"), "--resume goes on with a file"),
        (("--out", "o", "--draw", "d"), "--draw draws on this machine alone: leave it out"),
        (("--out", "o", "--workers", "2"), "--workers is of this machine"),
        (("--out", "o", "--threads", "1"), "--threads is of this machine"),
        (("--out", "o", "--every", "2"), "--every is of videos"),
        (("--out", "o", "clip.mp4"), "clip.mp4: --engine ray takes no videos"),
        (("--out", "o", "s3://a/clip.mp4"), "s3://a/clip.mp4: --engine ray takes no videos"),
    ],
)
def test_what_does_not_fit_an_engine_is_refused(arguments: tuple[str, ...], message: str, capsys) -> None:
    assert run(["detect", "a.jpg", "--engine", "ray", *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("s3://bucket/a",), "s3://bucket/a: an address needs --engine ray"),
        (("a.jpg", "--out", "s3://bucket/a.jsonl"), "s3://bucket/a.jsonl: an address needs --engine ray"),
        (("a.jpg", "--address", "auto"), "--address names a cluster of Ray: give --engine ray, too"),
    ],
)
def test_what_needs_an_engine_is_told_so(arguments: tuple[str, ...], message: str, capsys) -> None:
    assert run(["detect", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path, capsys) -> None:
    (tmp_path / "x.parquet").touch()
    assert run(["detect", "a.jpg", "--engine", "ray", "--out", str(tmp_path / "x.parquet")]) == 2
    assert "is a file; give --out the name of a folder" in capsys.readouterr().err


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    assert run(["detect", "a.jpg", "--engine", "ray", "--out", str(tmp_path / "out")]) == 2
    assert "ray is not installed" in (err := capsys.readouterr().err)
    assert "pip install 'smilecascade[ray]'" in err
    assert not (tmp_path / "out").exists()
