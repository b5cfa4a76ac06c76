"""What a card showed: its buttons carry an id that nobody can guess or make up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.model import Ref
from storage.cards import Shown
from storage.database import Rooms, Storage
from tests.bot.builders import PUSHED
from tests.builders import HEAD, REF
from tests.storage.undone import undone

SHOWN = Shown(REF, HEAD, "main")


def id_of(storage: Storage, shown: Shown) -> str:
    return storage.run_blocking(lambda rooms: rooms.cards.id_for(shown))


def test_an_id_leads_back_to_what_was_shown(storage: Storage) -> None:
    card = id_of(storage, SHOWN)
    assert storage.run_blocking(lambda rooms: rooms.cards.shown(card)) == SHOWN


def test_the_same_state_keeps_its_id(storage: Storage) -> None:
    assert id_of(storage, SHOWN) == id_of(storage, SHOWN)


@pytest.mark.parametrize(
    "other",
    [
        Shown(REF, PUSHED, "main"),
        Shown(REF, HEAD, "release"),
        Shown(Ref("github", "acme/shop", 13), HEAD, "main"),
        Shown(Ref("github", "acme/web", 12), HEAD, "main"),
        Shown(Ref("gitlab", "acme/shop", 12), HEAD, "main"),
    ],
)
def test_another_state_has_another_id(storage: Storage, other: Shown) -> None:
    assert id_of(storage, SHOWN) != id_of(storage, other)


def test_an_old_card_still_tells_what_it_showed(storage: Storage) -> None:
    old = id_of(storage, SHOWN)
    id_of(storage, Shown(REF, PUSHED, "main"))
    assert storage.run_blocking(lambda rooms: rooms.cards.shown(old)) == SHOWN


@pytest.mark.parametrize("made_up", ["", "1", "%", HEAD, "' OR '1'='1", "\0", "x" * 2000])
def test_an_id_never_given_out_stands_for_nothing(storage: Storage, made_up: str) -> None:
    id_of(storage, SHOWN)
    assert storage.run_blocking(lambda rooms: rooms.cards.shown(made_up)) is None


def test_an_id_tells_nothing_and_cannot_be_guessed(storage: Storage) -> None:
    ids = {id_of(storage, Shown(REF, str(number), "main")) for number in range(50)}
    assert len(ids) == 50
    assert all(len(card) >= 20 for card in ids)


WORDS = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1)


@given(st.builds(Shown, st.builds(Ref, WORDS, WORDS, st.integers(1, 10**9)), st.text(), st.text()))
def test_any_state_leads_there_and_back(shared_storage: Storage, shown: Shown) -> None:
    def there_and_back(rooms: Rooms) -> Shown | None:
        return rooms.cards.shown(rooms.cards.id_for(shown))

    assert undone(shared_storage, there_and_back) == shown
