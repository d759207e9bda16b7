"""What ``smilecascade monitor`` refuses before it serves anything."""

import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from smilecascade import cli
from smilecascade.monitor import serving
from smilecascade.monitor.access import Access


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Access]]:
    """What would have been served."""
    found: list[tuple[Path, Access]] = []
    monkeypatch.setattr(serving, "serve", lambda root, access, listener: found.append((root, access)))
    return found


def test_the_printed_link_is_where_it_listens(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["monitor", "--port", "0"]) == 0
    ((root, access),) = served
    assert (root, access.host, access.token) == (Path("runs"), "127.0.0.1", None)
    assert access.port > 0
    assert capsys.readouterr().out == f"runs in runs: http://127.0.0.1:{access.port}/  (Ctrl-C ends)\n"


def test_the_link_ends_in_the_token(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["monitor", "r", "--port", "0", "--host", "0.0.0.0", "--token", "s/t"]) == 0
    assert f"http://localhost:{served[0][1].port}/?token=s%2Ft" in capsys.readouterr().out


@pytest.mark.parametrize(("flag", "opened"), [("--open", 1), ("--no-open", 0)])
def test_the_page_is_opened_where_that_is_asked_for(
    served: list[Any], monkeypatch: pytest.MonkeyPatch, flag: str, opened: int
) -> None:
    links: list[str] = []
    monkeypatch.setattr("webbrowser.open", links.append)
    assert cli.run(["monitor", "--port", "0", flag]) == 0
    assert links == [served[0][1].link] * opened


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "gpu.lab"])
def test_others_are_served_only_with_a_token(
    served: list[Any], capsys: pytest.CaptureFixture[str], host: str
) -> None:
    assert cli.run(["monitor", "--host", host]) == 2
    assert capsys.readouterr().err.startswith(
        f"error: --host {host} can be reached from other machines: give --token a secret"
    )
    assert served == []


@pytest.mark.parametrize("token", ["", " ", "two words", "nöt ascii", "line\n"])
def test_a_token_that_cannot_be_sent_is_refused(
    served: list[Any], capsys: pytest.CaptureFixture[str], token: str
) -> None:
    assert cli.run(["monitor", "--token", token]) == 2
    assert "'--token': give letters, digits and signs without spaces" in capsys.readouterr().err
    assert served == []


def test_a_taken_port_is_named(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.run(["monitor", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"error: 127.0.0.1:{port}: cannot be listened on (Address already in use); give another --port "
        "(0 takes any free one), or a --host of this machine\n"
    )
    assert served == []


def test_a_file_is_no_folder_of_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "runs").write_text("")
    assert cli.run(["monitor", str(tmp_path / "runs")]) == 2
    assert "is a file" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["starlette", "uvicorn", "orjson"])
def test_the_extra_is_named_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], module: str
) -> None:
    for name in [name for name in sys.modules if name.startswith("smilecascade.monitor.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    assert cli.run(["monitor"]) == 2
    assert capsys.readouterr().err == (
        f"error: {module} is not installed and this command needs it: pip install 'smilecascade[monitor]'\n"
    )


def test_answers_do_not_wait_for_more_to_send() -> None:
    with serving.listening("127.0.0.1", 0) as listener:
        # By this asyncio knows that it may switch Nagle's algorithm off, which costs 40 ms an answer.
        assert listener.proto == socket.IPPROTO_TCP
