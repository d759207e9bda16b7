from threading import Event, Thread

import pytest

from smilecascade.detect.turns import Turn


def test_only_one_thread_has_its_turn() -> None:
    turn, begun, order = Turn(), Event(), []

    def other() -> None:
        begun.set()
        with turn:
            order.append("other")

    with turn:
        thread = Thread(target=other)
        thread.start()
        begun.wait()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_another_has_its_turn_during_a_call() -> None:
    turn, done = Turn(), Event()

    def other() -> None:
        with turn:
            done.set()

    with turn:
        Thread(target=other).start()
        assert turn.without(done.wait)(10)


def test_a_call_gets_and_gives_what_it_would() -> None:
    turn = Turn()
    with turn:
        assert turn.without(int)("20", base=16) == 32


def test_after_an_error_the_turn_is_back() -> None:
    turn = Turn()
    with turn, pytest.raises(ValueError, match="invalid literal"):
        turn.without(int)("x")
    with turn:  # it was passed on in good order
        pass
