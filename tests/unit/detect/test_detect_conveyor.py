from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from smilecascade.bundle import Align, Judge
from smilecascade.detect import conveyor as conveyors
from smilecascade.detect.cascade import Detector
from smilecascade.detect.conveyor import Conveyor, Job, in_batches
from smilecascade.detect.level import Level
from smilecascade.records import Candidates
from smilecascade.specs import CascadeSpec

MakeLevel = Callable[..., Level]
MakeAlign = Callable[..., Align]


class FakeBundle:
    """Three levels, each asking for more brightness than the one before, and an aligner."""

    def __init__(self, make_level: MakeLevel, align: Align | None, batch: int) -> None:
        thresholds = enumerate((0.5, 0.7, 0.9), start=1)
        self.levels = [make_level(number, min_score=score, batch=batch) for number, score in thresholds]
        self.aligner = align
        specs = tuple(level.spec for level in self.levels)
        self.spec = CascadeSpec(levels=specs, align_window=12, align_batch=batch)

    def judges(self, threads: int | None) -> tuple[Judge, ...]:
        return tuple(level.judge for level in self.levels)

    def align(self, threads: int | None) -> Align | None:
        return self.aligner


@pytest.fixture
def bundle(make_level: MakeLevel, make_align: MakeAlign) -> FakeBundle:
    return FakeBundle(make_level, make_align(displacement=(0.1, 0, 0)), batch=16)


def bright(*squares: tuple[int, int, int], height: int = 60, width: int = 80) -> np.ndarray:
    """A black photo with white squares, given as left, top and side."""
    image = np.zeros((height, width, 3), np.uint8)
    for left, top, side in squares:
        image[top : top + side, left : left + side] = 255
    return image


PHOTOS = [
    bright((18, 14, 24)),
    bright(),
    bright((4, 30, 24), (50, 8, 24)),
    np.zeros((0, 30, 3), np.uint8),
    bright((40, 40, 48), height=120, width=100),
    bright(height=1, width=1),
    bright((30, 10, 30)),
]


def conveyor(bundle: FakeBundle, **kept: bool) -> Conveyor:
    return Conveyor(Detector(bundle), min_face=24, min_score=None, **kept)  # type: ignore[arg-type]


def run(conveyor: Conveyor, photos: list[np.ndarray]) -> list[Job]:
    """The jobs as they come."""
    return list(stream(conveyor, iter([Job(source=lambda photo=photo: photo) for photo in photos])))


def stream(conveyor: Conveyor, jobs: Iterator[Job | None]) -> Iterator[Job]:
    with conveyor.turn:
        yield from conveyor.run(jobs)


def test_photos_have_the_faces_that_the_detector_finds(bundle: FakeBundle) -> None:
    found = [job.faces for job in run(conveyor(bundle), PHOTOS * 5)]
    detector = Detector(bundle)  # type: ignore[arg-type]
    assert found == [detector.faces(photo, min_face=24) for photo in PHOTOS] * 5
    assert [len(faces) > 0 for faces in found[:7]] == [True, False, True, False, True, False, True]


def test_min_score_is_the_last_levels(bundle: FakeBundle) -> None:
    detector = Detector(bundle)  # type: ignore[arg-type]
    few = Conveyor(detector, min_face=24, min_score=0.2)
    found = [job.faces for job in run(few, PHOTOS)]
    assert found == [detector.faces(photo, min_face=24, min_score=0.2) for photo in PHOTOS]


def test_without_an_aligner_faces_have_no_points(make_level: MakeLevel) -> None:
    (job,) = run(conveyor(FakeBundle(make_level, None, batch=16)), PHOTOS[:1])
    assert job.faces[0].points is None


def test_nets_are_asked_of_windows_of_several_photos_at_once(bundle: FakeBundle) -> None:
    run(conveyor(bundle), PHOTOS[:1] * 40)
    later = [judge.asked for judge in bundle.judges(None)[1:]]  # type: ignore[attr-defined]
    for asked in (*later, bundle.aligner.asked):  # type: ignore[union-attr]
        sizes = [shape[0] for shape in asked]
        assert len(sizes) < 40
        assert max(sizes) == 16


def test_jobs_say_what_size_the_photo_has(bundle: FakeBundle) -> None:
    jobs = run(conveyor(bundle), PHOTOS)
    assert [(job.height, job.width) for job in jobs] == [photo.shape[:2] for photo in PHOTOS]
    assert [job.pixels for job in jobs] == [photo.size // 3 for photo in PHOTOS]


def test_photos_are_kept_only_if_wanted(bundle: FakeBundle) -> None:
    assert all(job.image is None for job in run(conveyor(bundle), PHOTOS))
    jobs = run(conveyor(bundle, keep_images=True), PHOTOS)
    assert all(job.image is photo for job, photo in zip(jobs, PHOTOS, strict=True))


def test_finished_jobs_hold_on_to_nothing(bundle: FakeBundle) -> None:
    for job in run(conveyor(bundle), PHOTOS):
        assert job.finished
        assert (job.source, job.photo, job.pyramid, len(job.windows)) == (None, None, None, 0)


def test_a_flush_makes_all_before_it_finish(bundle: FakeBundle) -> None:
    taken: list[int] = []

    def jobs() -> Iterator[Job | None]:
        for number in range(3):
            taken.append(number)
            yield Job(source=lambda: PHOTOS[0])
            if number == 1:
                yield None

    passed = stream(conveyor(bundle), jobs())
    assert next(passed).faces
    assert taken == [0, 1]
    assert len(list(passed)) == 2


def test_many_pixels_are_a_flush(bundle: FakeBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conveyors, "MOST_PIXELS", 2 * 60 * 80)
    taken: list[int] = []
    jobs = (taken.append(number) or Job(source=lambda: PHOTOS[0]) for number in range(5))
    passed = stream(conveyor(bundle), jobs)
    next(passed)
    assert taken == [0, 1]
    assert len(list(passed)) == 4


def fails() -> np.ndarray:
    raise OSError("the disk is gone")


def test_an_error_is_the_result_of_its_photo_alone(bundle: FakeBundle) -> None:
    sources = [lambda: PHOTOS[0], fails, lambda: PHOTOS[0].astype(np.float32), lambda: PHOTOS[0]]
    belt = conveyor(bundle)
    jobs = list(stream(belt, iter([Job(source=source) for source in sources])))
    assert [type(job.error) for job in jobs] == [type(None), OSError, TypeError, type(None)]
    assert jobs[0].faces == jobs[3].faces != []
    assert jobs[1].faces == jobs[2].faces == []


@pytest.mark.parametrize("stage", ["level 1", "level 2", "level 3", "the aligner"])
def test_an_error_in_a_batch_is_that_of_one_photo(
    make_level: MakeLevel, make_align: MakeAlign, stage: str
) -> None:
    """The net refuses crops in which something is blue, and so the whole batch."""

    def picky(net: Callable[..., object]) -> Callable[..., object]:
        def called(pixels: np.ndarray, *more: float) -> object:
            if (pixels[..., 2] < pixels[..., 0]).any():
                raise MemoryError("too much yellow")
            return net(pixels, *more)

        return called

    bundle = FakeBundle(make_level, make_align(), batch=16)
    if stage == "the aligner":
        bundle.aligner = picky(bundle.align(None))  # type: ignore[assignment,arg-type]
    else:
        number = int(stage[-1])
        bundle.levels[number - 1] = make_level(
            number, judge=picky(bundle.levels[number - 1].judge), min_score=0.5, batch=16
        )
    yellow = PHOTOS[0] * np.array([1, 1, 0], np.uint8)
    jobs = run(conveyor(bundle), [PHOTOS[0], yellow, PHOTOS[0]])
    assert [str(job.error or "") for job in jobs] == ["", "too much yellow", ""]
    assert jobs[0].faces == jobs[2].faces != []
    assert jobs[1].faces == []


def waiting(count: int) -> Job:
    windows = Candidates(
        boxes=np.zeros((count, 4), np.float32),
        scores=np.zeros(count, np.float32),
        scales=np.zeros(count, np.int32),
    )
    return Job(source=None, windows=windows)


def batches_of(counts: list[int | None], windows: int) -> list[list[int]]:
    """How many windows the photos of each batch have; None is a flush."""
    seen: list[list[int]] = []
    jobs = [None if count is None else waiting(count) for count in counts]

    def work(batch: Sequence[Job]) -> None:
        seen.append([len(job.windows) for job in batch])

    passed = in_batches(iter(jobs), windows, work, lambda job: len(job.windows))
    assert list(passed) == jobs
    return seen


@pytest.mark.parametrize(
    ("counts", "batches"),
    [
        ([], []),
        ([3], [[3]]),
        ([3, 3, 3, 3, 1], [[3, 3, 3, 3], [1]]),
        ([20, 1], [[20], [1]]),
        ([0, 0, 0], []),
        ([0, 9, 0, 1, 0], [[9, 1]]),
        ([3, None, 3, 7, None, None, 2], [[3], [3, 7], [2]]),
    ],
)
def test_photos_are_collected_until_a_batch_is_full(
    counts: list[int | None], batches: list[list[int]]
) -> None:
    assert batches_of(counts, 10) == batches
