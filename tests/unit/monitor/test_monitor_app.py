"""The list of runs, one run, two compared; an empty folder, a damaged store, an address that is none."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.monitor.app import STATIC

Reader = Any
Logged = Callable[..., str]


def test_a_folder_without_runs_has_none(reader: Reader, root: Path) -> None:
    assert reader.get("/api/runs").json() == {"root": str(root), "runs": []}
    assert not root.exists()


def test_runs_are_listed_newest_first_with_their_figures(reader: Reader, logged: Logged) -> None:
    first = logged(
        "first", {"val_error": [0.5, 0.2, 0.3]}, config={"train": {"steps_per_epoch": 50}}, notes="n"
    )
    second = logged("second", {"ap": [0.5, float("nan")], "learning_rate": [1]})
    newest, oldest = reader.get("/api/runs").json()["runs"]
    assert (newest["id"], oldest["id"], oldest["name"], oldest["notes"]) == (second, first, "first", "n")
    assert (oldest["state"], oldest["generation"], oldest["error"]) == ("finished", 0, None)
    assert (oldest["epoch_steps"], newest["epoch_steps"]) == (50, None)
    figures = {"count": 3, "last_step": 2, "last": 0.3, "least": 0.2, "greatest": 0.5, "better": "lower"}
    assert oldest["metrics"] == {"val_error": figures}
    assert (newest["metrics"]["ap"]["better"], newest["metrics"]["ap"]["last"]) == ("higher", 0.5)
    assert newest["metrics"]["learning_rate"]["better"] is None


def test_a_run_that_goes_on_is_listed_as_it_is_now(reader: Reader, root: Path) -> None:
    def listed() -> Any:
        (line,) = reader.get("/api/runs").json()["runs"]
        return line["state"], line["metrics"].get("loss", {}).get("count", 0)

    with runs.start("a", root) as run:
        run.log({"loss": 1}, 0)
        assert listed()[0] == "running"
    assert listed() == ("finished", 1)
    with suppress(ZeroDivisionError), runs.start("a", root, resume=run.id, step=0) as run:
        run.log({"loss": 1 / 1}, 1)
        run.log({"loss": 1 / 0}, 2)
    assert listed() == ("failed", 2)


def test_a_list_that_the_reader_has_is_not_sent_again(reader: Reader, logged: Logged) -> None:
    run = logged("a", {"loss": [1]})
    for path in ("/api/runs", f"/api/runs/{run}", f"/api/compare?runs={run}"):
        tag = reader.get(path).headers["etag"]
        again = reader.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    logged("b", {})
    assert reader.get("/api/runs", headers={"If-None-Match": tag}).status_code == 200


def test_everything_of_a_run_is_told(reader: Reader, root: Path) -> None:
    config = {"train": {"batch": 192}, "seed": 2**80}
    with runs.start("a b", root, config=config, seed=3, data="d7") as run:
        run.image("samples", np.zeros((2, 2, 3), np.uint8), step=5)
    told = reader.get(f"/api/runs/{run.id}").json()
    assert told["config"] == {"train.batch": "192", "seed": str(2**80)}
    assert (told["seed"], told["data"], told["host"]) == ("3", "d7", runs.open_store(root).run(run.id).host)
    assert {"python", "numpy"} <= set(told["versions"])
    (image,) = told["images"]
    assert (image["name"], image["step"]) == ("samples", 5)
    assert reader.get(image["url"]).status_code == 200
    assert reader.get("/api/runs/a b").json()["id"] == run.id


def test_compared_runs_say_what_differs_in_their_order(reader: Reader, logged: Logged) -> None:
    old = logged("old", {"loss": [2]}, config={"train": {"batch": 96, "net": "joint-48"}}, seed=1)
    new = logged("new", {"loss": [1]}, config={"train": {"batch": 192, "net": "joint-48"}}, seed=1)
    told = reader.get(f"/api/compare?runs={old},{new}").json()
    assert [line["name"] for line in told["runs"]] == ["old", "new"]
    assert told["differences"] == [{"key": "train.batch", "values": ["96", "192"]}]
    assert reader.get(f"/api/compare?runs={new},{old}").json()["differences"][0]["values"] == ["192", "96"]


def test_seeds_and_data_that_differ_are_named_beside_the_configs(reader: Reader, logged: Logged) -> None:
    pair = [logged("a", {}, seed=seed, data=data) for seed, data in ((1, "d"), (2, None))]
    differences = reader.get("/api/compare", params={"runs": ",".join(pair)}).json()["differences"]
    told = {difference["key"]: difference["values"] for difference in differences}
    assert told == {"(seed)": ["1", "2"], "(data)": ["d", None]}


def test_an_unknown_run_is_not_found_and_the_nearest_is_named(reader: Reader, logged: Logged) -> None:
    run = logged("a", {})
    for path in (f"/api/runs/{run}x", f"/api/compare?runs={run},{run}x"):
        answer = reader.get(path)
        assert answer.status_code == 404
        assert run in answer.json()["error"]


def test_nothing_to_compare_is_a_wrong_question(reader: Reader) -> None:
    answer = reader.get("/api/compare?runs=,")
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        "runs: name the runs to compare, as in /api/compare?runs=A,B",
    )


@pytest.mark.parametrize("damage", ["garbage", "holes"])
def test_a_damaged_store_is_reported_with_what_to_do(
    reader: Reader, root: Path, logged: Logged, damage: str
) -> None:
    run = logged("a", {"loss": list(range(5000))})
    file = root / "runs.sqlite"
    size = file.stat().st_size
    file.write_bytes(b"garbage" * 999 if damage == "garbage" else file.read_bytes()[:100] + bytes(size - 100))
    asked = {"curves": [{"run": run, "metric": "loss"}]}
    for answer in (
        reader.get("/api/runs"),
        reader.get(f"/api/runs/{run}"),
        reader.get(f"/api/compare?runs={run}"),
        reader.post("/api/curves", json=asked),
    ):
        assert answer.status_code == 503
        assert str(file) in answer.json()["error"]
    assert reader.get("/").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/", "/api/runs", "/api/runs/a", "/api/compare", "/images/a.png", "/static/main.js"]
)
def test_nothing_can_be_changed(reader: Reader, path: str, method: str) -> None:
    assert reader.ask(method, path).status_code == 405


@pytest.mark.parametrize("path", ["/nowhere", "/static/none.js", "/static/../app.py", "/static/..%2fapp.py"])
def test_an_address_that_is_none_leads_back_to_the_page(reader: Reader, path: str) -> None:
    answer = reader.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"].endswith("the page is at /")


def test_the_page_and_all_that_it_names_are_there_and_are_kept_until_they_change(
    reader: Reader, root: Path
) -> None:
    page = reader.get("/").text
    names = {part.split('"')[0] for part in page.split("/static/")[1:]}
    scripts = {path.name for path in STATIC.glob("*.js")}
    assert {*scripts, "page.css", "vendor/uplot-1.6.32/uPlot.iife.min.js"} <= names, (
        "all are asked for at once"
    )
    kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    for name in names:
        answer = reader.get(f"/static/{name}")
        assert answer.headers["content-type"].partition(";")[0] == kinds[name.rpartition(".")[2]]
        again = reader.get(f"/static/{name}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
