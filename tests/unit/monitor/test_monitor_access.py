import socket

import pytest

from smilecascade.monitor.access import Access, is_loopback


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8642", "LOCALHOST:8642", "127.0.0.1:8642", "[::1]:8642", "[::1]"]
)
def test_this_machine_is_always_served(host: str) -> None:
    assert Access().serves(host)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8642", "localhost.evil.example", "10.0.0.7", "::1", "[::2]:8642"),
        *("", ":8642", "localhost:8642:1", "evil@localhost", "localhost/", " localhost", "localhost:x"),
    ],
)
def test_other_names_are_not(host: str) -> None:
    assert not Access().serves(host)


def test_the_given_name_is_served_too() -> None:
    access = Access(host="gpu.lab", token="t")
    assert access.serves("gpu.lab:8642")
    assert access.serves("GPU.lab")
    assert not access.serves("cpu.lab")


def test_on_all_addresses_numbers_and_the_machines_own_name_are_served_and_no_other_name() -> None:
    for host in ("0.0.0.0", "::"):
        access = Access(host=host, token="t")
        assert access.serves("192.168.1.5:8642")
        assert access.serves("[fd00::5]:8642")
        assert access.serves(socket.gethostname())
        assert not access.serves("evil.example")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "gpu.lab", ""])
def test_what_others_reach_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_only_the_very_token_is_admitted() -> None:
    access = Access(token="secret")
    assert access.admits(None, "secret")
    assert access.admits("wrong", "secret")
    assert not access.admits("Secret", "secre", "secret ", "", None)
    assert not access.admits()


def test_without_a_token_everybody_is_admitted() -> None:
    assert Access().admits()


@pytest.mark.parametrize(
    ("access", "link"),
    [
        (Access(), "http://127.0.0.1:8642/"),
        (Access(host="::1", port=80), "http://[::1]:80/"),
        (Access(host="0.0.0.0", token="a+b"), "http://localhost:8642/?token=a%2Bb"),
    ],
)
def test_the_link_leads_to_the_page(access: Access, link: str) -> None:
    assert access.link == link
