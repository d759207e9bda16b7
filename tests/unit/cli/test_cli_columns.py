"""Plain tables line up, whatever is in their cells."""

from smilecascade.cli.columns import columns, number


def test_columns_line_up() -> None:
    lines = columns(("run", "points"), [("a", "1,000"), ("level3", "7")], numbers=("points",))
    assert lines == ["run     points", "a        1,000", "level3       7"]


def test_long_cells_are_cut_but_the_last() -> None:
    _, line = columns(("name", "file"), [("n" * 100, "f" * 100)])
    assert line == "n" * 59 + "…" + "  " + "f" * 100


def test_what_cannot_be_printed_is_escaped() -> None:
    assert columns(("name",), [("a\nb\x1b[31m",)]) == ["name", r"a\nb\x1b[31m"]


def test_no_rows_give_no_table() -> None:
    assert columns(("name",), []) == []


def test_figures_are_short() -> None:
    shown = [number(value) for value in (None, 0.123456789, 1e-9, 3.0, float("inf"))]
    assert shown == ["–", "0.123457", "1e-09", "3", "inf"]
