"""The command line as a whole: lazy subcommands, and one line and an exit code for every error."""

from collections.abc import Callable

import click
import pytest

from smilecascade import __version__, cli
from smilecascade.cli.failures import one_line
from smilecascade.cli.options import NumberRange, debug_option
from smilecascade.errors import BundleError


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """A subcommand ``fail`` that raises what it is told to."""
    raised: list[BaseException] = []

    @click.command()
    @debug_option
    def fail() -> None:
        print("printed before")
        raise raised[0]

    monkeypatch.setattr(cli, "commands_under_test", fail, raising=False)
    monkeypatch.setitem(
        cli.SUBCOMMANDS, "fail", cli.LazyCommand("smilecascade.cli:commands_under_test", "Fail.")
    )
    return raised.append


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"smilecascade {__version__}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_the_subcommands_on_standard_output(capsys: pytest.CaptureFixture[str], flag: str) -> None:
    assert cli.run([flag]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.partition("Commands:\n")[2].splitlines()] == list(cli.SUBCOMMANDS)
    assert err == ""


def test_no_arguments_show_the_help_as_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Commands:" in err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["dtect"], "error: No such command 'dtect'. See 'smilecascade --help'.\n"),
        (["detect"], "error: Missing argument 'PATH...'. See 'smilecascade detect --help'.\n"),
        (["--nope"], "error: No such option '--nope'. See 'smilecascade --help'.\n"),
    ],
)
def test_wrong_usage_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], line: str) -> None:
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err.replace("option: --nope", "option '--nope'") == line


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (BundleError("b: was altered; fetch it again"), "b: was altered; fetch it again", 2),
        (click.ClickException("told so"), "told so", 2),
        (KeyboardInterrupt(), "interrupted", 130),
        (
            PermissionError(13, "Permission denied", "/x"),
            "/x: Permission denied; check the disk and your rights",
            2,
        ),
        (
            OSError(28, "No space left on device"),
            "output: No space left on device; check the disk and your rights",
            2,
        ),
        (MemoryError(), "out of memory; close other programs, or give smaller photos", 2),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch.nn"),
            "torch is not installed and this command needs it: pip install 'smilecascade[train]'",
            2,
        ),
        (
            ModuleNotFoundError("No module named 'cv2'", name="cv2"),
            "cv2 is not installed and this command needs it: pip install 'smilecascade[benchmark]'",
            2,
        ),
        (
            KeyError("k"),
            "internal error: KeyError: 'k'; run again with --debug and report what it prints",
            2,
        ),
        (
            AssertionError(),
            "internal error: AssertionError; run again with --debug and report what it prints",
            2,
        ),
        (
            ModuleNotFoundError("No module named 'nose'", name="nose"),
            "internal error: ModuleNotFoundError: No module named 'nose'; "
            "run again with --debug and report what it prints",
            2,
        ),
    ],
)
def test_every_error_is_one_line_and_its_code(
    failing: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    line: str,
    code: int,
) -> None:
    failing(error)
    assert cli.run(["fail"]) == code
    assert capsys.readouterr() == ("printed before\n", f"error: {line}\n")


def test_a_closed_pipe_is_silent(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(BrokenPipeError(32, "Broken pipe"))
    assert cli.run(["fail"]) == 141
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("arguments", [["--debug", "fail"], ["fail", "--debug"]])
def test_debug_shows_the_traceback_wherever_it_stands(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    failing(KeyError("k"))
    assert cli.run(arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last)")
    assert err.splitlines()[-1].startswith("error: internal error: KeyError")


def test_a_line_break_in_a_path_does_not_break_the_line() -> None:
    assert one_line("a\nb\t\x1b[31m \udcff é 😀") == r"a\nb\t\x1b[31m \udcff é 😀"


@pytest.mark.parametrize("value", ["nan", "-0.1", "1.1", "inf", "x"])
def test_a_number_outside_its_range_is_refused(value: str) -> None:
    with pytest.raises(click.BadParameter):
        NumberRange(0, 1).convert(value, None, None)


@pytest.mark.parametrize("value", ["0", "0.5", "1"])
def test_a_number_within_its_range_is_taken(value: str) -> None:
    assert NumberRange(0, 1).convert(value, None, None) == float(value)
