"""People where nobody wrote a people file: one for each author who is still active."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.git.people import LOCAL, at_home, people_of_clone
from routing.people import Person
from storage.history import Author
from tests.builders import NOW

YEAR = timedelta(days=365)


def an_author(name: str = "Ana Ito", email: str = "ana@x.org", days: int = 1) -> Author:
    """Somebody who began so many days ago and wrote yesterday."""
    return Author(name, email, NOW - timedelta(days=days), NOW - timedelta(days=1))


def people(*authors: Author) -> dict[str, Person]:
    found = people_of_clone(authors, NOW)
    assert len({person.id for person in found}) == len(found)
    return {person.id: person for person in found}


def test_an_author_is_a_person() -> None:
    person = people(an_author(days=800))["ana"]
    assert (person.name, person.emails) == ("Ana Ito", ("ana@x.org",))
    assert person.tenure_months(NOW.date()) == 26
    assert not person.bot


def test_addresses_under_one_full_name_are_one_person() -> None:
    old = Author("ana  ito", "ana@old.org", NOW - 3 * YEAR, NOW - 2 * YEAR)
    person = people(old, an_author("Ana Ito", "ana@new.org"))["ana"]
    assert set(person.emails) == {"ana@old.org", "ana@new.org"}
    assert person.name == "Ana Ito"
    assert person.started == (NOW - 3 * YEAR).date()


def test_a_name_of_one_word_says_too_little_to_join_addresses() -> None:
    assert len(people(an_author("root", "a@x.org"), an_author("root", "b@x.org"))) == 2


def test_who_has_not_written_for_a_year_is_not_asked() -> None:
    gone = Author("Gus One", "gus@x.org", NOW - 5 * YEAR, NOW - YEAR - timedelta(days=1))
    still = Author("Eve Two", "eve@x.org", NOW - 5 * YEAR, NOW - YEAR)
    assert set(people(gone, still)) == {"eve"}


@pytest.mark.parametrize(
    ("email", "person"),
    [
        ("Ana.Ito@x.org", "ana.ito"),
        ("12345+ana-ito@users.noreply.github.com", "ana-ito"),
        ("ana-ito@users.noreply.github.com", "ana-ito"),
        ("ana+work@x.org", "ana-work"),
        ("@", "somebody"),
        ("", "somebody"),
        ("アナ@x.org", "somebody"),
    ],
)
def test_an_id_comes_from_the_address(email: str, person: str) -> None:
    assert list(people(an_author(email=email))) == [person]


def test_two_people_never_share_an_id() -> None:
    found = people(
        an_author("Ana One", "ana@x.org"),
        an_author("Ana Two", "ana@y.org"),
        an_author("Ana Three", "ana@z.org"),
    )
    assert list(found) == ["ana", "ana-2", "ana-3"]


@pytest.mark.parametrize(
    ("name", "email", "bot"),
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", True),
        ("release-bot", "release@x.org", True),
        ("Deploy Bot", "deploy@x.org", True),
        ("CI", "ci-bot@x.org", True),
        ("Abbot Smith", "abbot@x.org", False),
        ("Talbot", "t.albot@x.org", False),
        ("Botond Kis", "botond@x.org", False),
    ],
)
def test_bots_are_told_from_people(name: str, email: str, *, bot: bool) -> None:
    (person,) = people(an_author(name, email)).values()
    assert person.bot is bot


def test_nobody_there_is_nobody() -> None:
    assert people() == {}


@pytest.mark.parametrize(
    ("logins", "login"),
    [({}, "ana"), ({"github": "ana-ito"}, "ana-ito"), ({"gitlab": "a", "github": "b"}, "a")],
)
def test_at_home_everybody_has_a_login(logins: dict[str, str], login: str) -> None:
    person = at_home(Person("ana", "Ana Ito", logins=logins))
    assert person.logins == {**logins, LOCAL: login}
