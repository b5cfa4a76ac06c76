"""What is remembered has its room; the latest stays."""

from __future__ import annotations

from bot.remembered import Remembered


def told(key: str) -> str:
    """A value as long as its key."""
    return key.upper()


def test_a_value_is_read_once() -> None:
    read: list[str] = []

    def reading() -> str:
        read.append("a")
        return "A"

    remembered = Remembered[str, str](2)
    assert [remembered.get("a", reading) for _ in range(2)] == ["A", "A"]
    assert read == ["a"]


def test_what_was_not_asked_for_the_longest_goes() -> None:
    remembered = Remembered[str, str](2)
    for key in ("a", "b", "a", "c"):
        remembered.get(key, lambda key=key: told(key))  # type: ignore[misc]  # mypy knows no defaults of lambdas
    assert [remembered.find(key) for key in ("a", "b", "c")] == ["A", None, "C"]


def test_there_is_only_so_much_room() -> None:
    remembered = Remembered[str, str](10, lambda _key, value: len(value))
    for key in ("four", "three", "six"):
        remembered.keep(key, told(key))
    assert [remembered.find(key) for key in ("four", "three", "six")] == [None, "THREE", "SIX"]


def test_the_latest_stays_however_large_it_is() -> None:
    remembered = Remembered[str, str](3, lambda _key, value: len(value))
    remembered.keep("one", told("one"))
    remembered.keep("seven", told("seven"))
    assert [remembered.find(key) for key in ("one", "seven")] == [None, "SEVEN"]


def test_a_value_in_the_place_of_another_takes_its_own_room_only() -> None:
    remembered = Remembered[str, str](9, lambda _key, value: len(value))
    for value in ("1234567", "1", "1234567"):
        remembered.keep("a", value)
    remembered.keep("b", "12")
    assert [remembered.find(key) for key in ("a", "b")] == ["1234567", "12"]
