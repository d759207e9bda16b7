"""What stands before every answer: the Host header, the token, and headers for the browser."""

from collections.abc import Callable
from typing import Any

import pytest

ADDRESSES = ("/", "/static/main.js", "/api/runs", "/api/runs/x", "/api/compare?runs=a,b", "/images/a.png")

Reader = Any
OpenReader = Callable[..., Reader]


@pytest.mark.parametrize("path", [*ADDRESSES, "/health"])
def test_a_request_under_another_name_is_refused(reader: Reader, path: str) -> None:
    answer = reader.get(path, headers={"Host": "evil.example:8642"})
    assert answer.status_code == 400
    assert "this address is not served here; open the one that smilecascade monitor printed" in answer.text


def test_without_a_token_the_page_is_open_to_this_machine(reader: Reader) -> None:
    assert reader.get("/").status_code == 200
    assert reader.get("/api/runs").json()["runs"] == []


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("given", ["", "wrong", "secre", "Secret"])
def test_without_the_right_token_nothing_is_told(open_reader: OpenReader, path: str, given: str) -> None:
    reader = open_reader(token="secret")
    headers = {"Authorization": f"Bearer x{given}", "Cookie": f"smilecascade-monitor-8642={given}"}
    answer = reader.get(path, headers=headers, params={"token": given, "runs": "a"})
    assert answer.status_code == 401
    assert "a token is needed; open the address that smilecascade monitor printed" in answer.text
    assert "set-cookie" not in answer.headers


def test_the_token_may_come_as_a_header(open_reader: OpenReader) -> None:
    reader = open_reader(token="secret")
    assert reader.get("/api/runs", headers={"Authorization": "Bearer secret"}).status_code == 200
    assert reader.post("/api/curves", json={"curves": []}).status_code == 401


def test_the_token_of_an_address_is_kept_in_a_cookie_and_leaves_the_address(open_reader: OpenReader) -> None:
    reader = open_reader(token="se/c;ret")
    first = reader.get("/?token=se%2Fc%3Bret&a=1")
    assert (first.status_code, first.headers["location"]) == (303, "/?a=1")
    cookie, *attributes = first.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(attributes)
    for path in ("/", "/api/runs"):
        assert reader.get(path, headers={"Cookie": cookie}).status_code == 200
    assert open_reader(token="other").get("/", headers={"Cookie": cookie}).status_code == 401


def test_monitors_on_two_ports_keep_two_cookies(open_reader: OpenReader) -> None:
    names = {
        open_reader(token="t", port=port).get("/?token=t").headers["set-cookie"].partition("=")[0]
        for port in (1, 2)
    }
    assert len(names) == 2


def test_health_says_that_it_lives_and_nothing_else(open_reader: OpenReader) -> None:
    answer = open_reader(token="secret").get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", [*ADDRESSES, "/health", "/nowhere"])
@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_tells_the_browser_to_take_nothing_from_elsewhere(
    reader: Reader, path: str, host: str
) -> None:
    headers = reader.get(path, headers={"Host": host}).headers
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(" ".join(policy).split())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"]


def test_a_bug_has_the_headers_too_and_tells_no_secrets(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("/home/ann/secret.py")

    monkeypatch.setattr("smilecascade.monitor.app.Store", broken)
    answer = reader.get("/api/runs")
    assert answer.status_code == 500
    assert answer.json()["error"].startswith("internal error: ZeroDivisionError")
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
