"""Videos: faces followed, covered in every frame, and looked at again."""

import json
from pathlib import Path

import numpy as np
import pytest

from painted import GREEN, RED, PaintedCascade, painted
from smilecascade.errors import VideoError
from smilecascade.express import Expression
from smilecascade.mask import (
    STYLES,
    Copy,
    Finding,
    Kind,
    Masker,
    Search,
    audit_search,
    audit_video,
    corrected,
    read_review,
    watch,
    write_video,
)
from smilecascade.mipmaps import Pixels
from smilecascade.video import open_video
from videos import make_video, sound_packets

COUNT = 50


def place(number: int) -> tuple[int, int, int, int]:
    """Where the face is in this frame: it runs back and forth."""
    x, y = round(130 + 100 * np.sin(number / 12)), round(60 + 25 * np.cos(number / 9))
    return (x, y, x + 30, y + 40)


def film(colour: tuple[int, int, int] = RED, count: int = COUNT) -> list[Pixels]:
    return [painted((colour, place(number)), size=(320, 160)) for number in range(count)]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("videos") / "a.mp4"
    metadata = {"title": "At home", "comment": "A secret", "location": "+52.5162+013.3777/"}
    return make_video(path, film(), codec="libx264", sound="aac", metadata=metadata)


def masker(cascade: PaintedCascade, style: str = "solid", **more) -> Masker:
    return Masker(cascade=cascade, style=STYLES[style], **more)


def quiet(number: int, length: int | None) -> None:
    """Nobody waits."""


def masked(path: Path, target: Path, cascade: PaintedCascade, style: str = "solid") -> Copy:
    watched = watch(path, masker(cascade, style), quiet)
    write_video(path, target, watched.tracks, STYLES[style], step=quiet)
    return Copy(
        source=str(path),
        target=target.name,
        width=watched.width,
        height=watched.height,
        duration_s=watched.duration_s,
        settings={"with": style},
        tracks=watched.tracks,
    )


def frames(path: Path) -> list[Pixels]:
    with open_video(path) as video:
        return [frame.pixels() for frame in video.frames()]


def shows(pixels: Pixels, number: int) -> bool:
    """Whether more than a fifth of the face can be seen."""
    x1, y1, x2, y2 = place(number)
    face = pixels[y1:y2, x1:x2].astype(int)
    return bool((np.abs(face - RED).max(axis=2) < 90).mean() > 0.2)


def test_a_face_is_followed_and_known_by_what_it_is(video: Path) -> None:
    steps = []
    watched = watch(video, masker(PaintedCascade()), lambda number, length: steps.append((number, length)))
    (track,) = watched.tracks
    assert (watched.width, watched.height, watched.duration_s, watched.trouble) == (320, 160, 2.0, None)
    assert [one.frame for one in track.seen] == list(range(COUNT))
    assert track.score == 0.99
    for one in track.seen:
        x1, y1, x2, y2 = place(one.frame)
        middle = (np.array(one.cover.box[:2]) + one.cover.box[2:]) / 2
        assert middle == pytest.approx(((x1 + x2) / 2, (y1 + y2) / 2), abs=1.5)
    assert steps == [(number, COUNT) for number in range(COUNT)]


@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.8])
def test_no_frame_is_uncovered_when_detections_are_missing(video: Path, tmp_path: Path, share: float) -> None:
    missing = np.random.default_rng(7).random(COUNT) < share
    seen = np.flatnonzero(~missing)
    masked(video, tmp_path / "b.mp4", PaintedCascade(blind=lambda number: missing[number]))
    copy = frames(tmp_path / "b.mp4")
    assert len(copy) == COUNT
    assert all(shows(pixels, number) for number, pixels in enumerate(film()))
    assert [n for n in range(seen[0], seen[-1] + 1) if shows(copy[n], n)] == []


def test_the_sound_the_times_and_nothing_else_stay(video: Path, tmp_path: Path) -> None:
    masked(video, tmp_path / "b.mp4", PaintedCascade())
    assert len(sound_packets(video)) > 10
    assert sound_packets(tmp_path / "b.mp4") == sound_packets(video)
    with open_video(video) as before, open_video(tmp_path / "b.mp4") as after:
        assert after.rate == before.rate
        assert [frame.time_s for frame in after.frames()] == [frame.time_s for frame in before.frames()]
    data = (tmp_path / "b.mp4").read_bytes()
    assert b"A secret" in video.read_bytes()
    assert not any(secret in data for secret in (b"At home", b"A secret", b"+52.5162"))


def test_what_is_seen_once_is_covered_if_it_is_sure(tmp_path: Path) -> None:
    for colour, count in ((RED, 1), (GREEN, 0)):
        pictures = [painted(size=(320, 160))] * 30
        pictures[15] = painted((colour, (100, 50, 130, 90)), size=(320, 160))
        path = make_video(tmp_path / f"{count}.mkv", pictures, codec="ffv1")
        watched = watch(path, masker(PaintedCascade()), quiet)
        assert len(watched.tracks) == count
        assert all(track.span_s == pytest.approx((0.1, 1.1)) for track in watched.tracks)


def test_expressions_are_read_where_they_are_shown(video: Path) -> None:
    def express(image: Pixels, faces) -> list[Expression]:
        return [Expression.of(surprise=1.0) for _ in faces]

    (shown,) = watch(video, masker(PaintedCascade(), "smiley", express=express), quiet).tracks
    assert shown.at(1.0).expression.top == "surprise"
    (plain,) = watch(video, masker(PaintedCascade(), "solid", express=express), quiet).tracks
    assert plain.at(1.0).expression is None


def audited(folder: Path, copy: Copy, cascade: PaintedCascade | None = None) -> list[Finding]:
    again = Masker(cascade=cascade or PaintedCascade(), style=STYLES["solid"], search=audit_search(20))
    return audit_video(copy, folder / copy.target, again, quiet)


def test_an_audit_of_what_is_covered_finds_nothing(video: Path, tmp_path: Path) -> None:
    assert audited(tmp_path, masked(video, tmp_path / "b.mp4", PaintedCascade())) == []


def test_an_audit_shows_what_remains_and_its_corrections_cover_it(video: Path, tmp_path: Path) -> None:
    copy = masked(video, tmp_path / "b.mp4", PaintedCascade(blind=lambda number: True))
    (remains,) = audited(tmp_path, copy)
    assert (remains.kind, remains.score, remains.where) == (Kind.REMAINS, 0.99, "0.00 to 1.96 s")
    assert remains.picture.startswith(b"\xff\xd8")
    review = tmp_path / "review.json"
    review.write_text(json.dumps({"add": {"add": remains.places}, "leave": {"leave": remains.places}}))
    corrections = read_review(review)
    better = corrected(copy, corrections["add"])
    write_video(video, tmp_path / "b.mp4", better.tracks, STYLES["solid"], step=quiet)
    assert [n for n, pixels in enumerate(frames(tmp_path / "b.mp4")) if shows(pixels, n)] == []
    assert audited(tmp_path, better) == []
    write_video(video, tmp_path / "b.mp4", (), STYLES["solid"], step=quiet)
    assert audited(tmp_path, corrected(copy, corrections["leave"])) == []


def test_an_audit_shows_short_and_weak_tracks(tmp_path: Path) -> None:
    sure, weak = (100, 50, 130, 90), (200, 50, 230, 90)
    pictures = [painted((GREEN, weak), size=(320, 160))] * 30
    pictures[10:13] = [painted((RED, sure), (GREEN, weak), size=(320, 160))] * 3
    path = make_video(tmp_path / "a.mkv", pictures, codec="ffv1")
    copy = masked(path, tmp_path / "b.mkv", PaintedCascade())
    unsure, short = sorted(audited(tmp_path, copy), key=lambda finding: finding.score)
    assert (unsure.kind, short.kind) == (Kind.UNSURE, Kind.SHORT)
    assert (short.where, short.removals) == ("0.40 to 0.48 s", ({"track": 2},))
    path.unlink()
    assert [finding.picture for finding in audited(tmp_path, copy)] == [b"", b""]


def test_a_video_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(VideoError, match="is not a video that can be read"):
        watch(tmp_path / "a.mp4", masker(PaintedCascade()), quiet)


def test_times_that_go_back_uncover_nothing(tmp_path: Path) -> None:
    """As in recordings that were put one behind the other; the face walks on from one to the next."""
    pictures = [painted((RED, (20 + 2 * n, 50, 50 + 2 * n, 90)), size=(320, 160)) for n in range(2 * COUNT)]
    halves = [
        make_video(tmp_path / f"{start}.ts", pictures[start : start + COUNT], codec="mpeg2video", sound="mp2")
        for start in (0, COUNT)
    ]
    (tmp_path / "a.ts").write_bytes(b"".join(half.read_bytes() for half in halves))
    known = masked(tmp_path / "a.ts", tmp_path / "b.mkv", PaintedCascade(blind=lambda number: number % 3 > 0))
    assert known.duration_s == pytest.approx(4, abs=0.1)
    assert [track.span_s for track in known.tracks] == [(0, pytest.approx(4.4, abs=0.15))]
    copy = frames(tmp_path / "b.mkv")
    assert len(copy) >= 2 * COUNT - 2
    assert [
        n for n, pixels in enumerate(copy) if (np.abs(pixels.astype(int) - RED).max(axis=2) < 90).sum() > 240
    ] == []


def test_a_video_that_breaks_off_is_covered_as_far_as_it_goes(video: Path, tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.mkv", film(), codec="mpeg4")
    (tmp_path / "a.mkv").write_bytes(whole.read_bytes()[: whole.stat().st_size * 3 // 4])
    watched = watch(tmp_path / "a.mkv", masker(PaintedCascade(), search=Search(min_face=20)), quiet)
    write_video(tmp_path / "a.mkv", tmp_path / "b.mkv", watched.tracks, STYLES["solid"], step=quiet)
    copy = frames(tmp_path / "b.mkv")
    assert 10 < len(copy) < COUNT
    assert [n for n, pixels in enumerate(copy) if shows(pixels, n)] == []
