"""Several processes: the results of one, in its order, whatever becomes of the processes."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from lookers import Looker, dies_as_it_opens, fails_to_open

from smilecascade.cli import workers
from smilecascade.cli.inputs import Task
from smilecascade.cli.workers import WorkerError, share_out
from smilecascade.errors import ImageError
from smilecascade.export import FoundFrame, Outcome, Unread

Share = Callable[..., list[Outcome]]


class Heard:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.finished_after: list[int] = []

    def write(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def finished(self) -> None:
        self.finished_after.append(len(self.outcomes))


@pytest.fixture
def share(tmp_path: Path) -> Share:
    """What two processes say of files of these names; none is left behind."""

    def run(*names: str, count: int = 2) -> list[Outcome]:
        heard = Heard()
        tasks = [Task(Path(name)) for name in names]
        try:
            share_out(tasks, heard, open_look=Looker(tmp_path), count=count)
        finally:
            assert multiprocessing.active_children() == []
        assert len(heard.finished_after) == len(tasks)
        return heard.outcomes

    return run


def _processes(folder: Path) -> set[str]:
    return {line for note in folder.iterdir() for line in note.read_text().split()}


def test_results_come_in_the_order_of_the_tasks(share: Share, tmp_path: Path) -> None:
    names = ["slow0", *(f"photo{number}" for number in range(200)), "missing", "slow1", "photo200"]
    assert [outcome.path for outcome in share(*names)] == names
    assert len(_processes(tmp_path)) == 2


def test_no_tasks_need_no_process(share: Share) -> None:
    assert share() == []


def test_one_task_needs_one_process(share: Share, tmp_path: Path) -> None:
    assert len(share("a", count=8)) == 1
    assert len(_processes(tmp_path)) == 1


def test_a_photo_of_which_a_process_dies_costs_only_itself(share: Share) -> None:
    names = [f"photo{number}" for number in range(60)]
    names[7] = "kill7"
    names[40] = "kill40"
    outcomes = share(*names)
    assert [outcome.path for outcome in outcomes] == names
    lost = [outcome for outcome in outcomes if isinstance(outcome, Unread)]
    assert [outcome.path for outcome in lost] == ["kill7", "kill40"]
    assert lost[0].error.startswith(
        "the process that read it ended (killed by signal 9, as for want of memory)"
    )


def test_photos_that_a_dead_process_held_are_tried_again(share: Share, tmp_path: Path) -> None:
    outcomes = share(*(f"photo{number}" for number in range(20)), "once", *map(str, range(20)))
    assert not any(isinstance(outcome, Unread) for outcome in outcomes)
    assert len((tmp_path / "once").read_text().split()) == 2


def test_frames_of_a_video_that_were_told_are_not_told_again(share: Share) -> None:
    outcomes = share("videokill", "video", "photo")
    frames = [outcome.frame for outcome in outcomes if isinstance(outcome, FoundFrame)]
    assert frames == [0, 1, 2, 0, 1, 2]
    assert [outcome.path for outcome in outcomes if isinstance(outcome, Unread)] == ["videokill"]


def test_what_waits_for_its_turn_is_bounded(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_WAITING", 2)
    names = ["slow", *(f"video{number}" for number in range(20)), "kill", "photo"]
    paths = [outcome.path for outcome in share(*names)]
    assert list(dict.fromkeys(paths)) == names
    assert len(paths) == 1 + 3 * 20 + 2


def test_an_error_of_a_worker_is_raised_with_its_traceback(share: Share) -> None:
    with pytest.raises(ImageError, match="raise: cannot be drawn") as caught:
        share("photo", "raise", "slow")
    assert "in look" in caught.value.__notes__[0]


def test_a_worker_that_cannot_begin_is_an_error() -> None:
    with pytest.raises(ImageError, match="no weights"):
        share_out([Task(Path("a"))], Heard(), open_look=fails_to_open, count=1)
    with pytest.raises(WorkerError, match=r"ended as it began \(exit code 3\); give fewer --workers"):
        share_out([Task(Path("a"))], Heard(), open_look=dies_as_it_opens, count=1)
    assert multiprocessing.active_children() == []


def test_a_sink_that_fails_leaves_no_process(tmp_path: Path) -> None:
    class Full(Heard):
        def write(self, outcome: Outcome) -> None:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        share_out([Task(Path("a"))] * 100, Full(), open_look=Looker(tmp_path), count=2)
    assert multiprocessing.active_children() == []
