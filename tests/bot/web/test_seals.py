"""What is sealed opens for its purpose, in its time, unchanged, and not otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import StoryClock
from bot.web.addresses import Addresses
from bot.web.seals import Seals
from routing.model import Ref
from storage.database import Storage
from tests.builders import REF

HOUR = timedelta(hours=1)
PATH = "/reviews/github/acme/shop/7"


@pytest.fixture
def seals(storage: Storage, clock: StoryClock) -> Seals:
    return Seals(storage, clock)


async def test_a_seal_opens_again(seals: Seals) -> None:
    sealed = await seals.close("session", {"user": "U0DANA"}, HOUR)
    assert await seals.open("session", sealed) == {"user": "U0DANA"}


async def test_a_seal_is_good_for_its_purpose_only(seals: Seals) -> None:
    sealed = await seals.close("sign-in", {"user": "U0DANA"}, HOUR)
    assert await seals.open("session", sealed) is None


async def test_a_seal_ends(seals: Seals, clock: StoryClock) -> None:
    sealed = await seals.close("session", {"user": "U0DANA"}, HOUR)
    clock.move_to(clock.now() + HOUR)
    assert await seals.open("session", sealed) is None


async def test_one_changed_letter_breaks_a_seal(seals: Seals) -> None:
    sealed = await seals.close("session", {"user": "U0DANA"}, HOUR)
    for place, letter in enumerate(sealed[:-1]):  # the last one carries spare bits
        other = "A" if letter != "A" else "B"
        assert await seals.open("session", sealed[:place] + other + sealed[place + 1 :]) is None


async def test_a_restarted_bot_knows_its_own_seals(
    seals: Seals, storage: Storage, clock: StoryClock
) -> None:
    sealed = await seals.close("session", {"user": "U0DANA"}, HOUR)
    assert await Seals(storage, clock).open("session", sealed) == {"user": "U0DANA"}


async def test_a_proof_is_good_for_its_subject_until_its_day_is_over(
    seals: Seals, clock: StoryClock
) -> None:
    proof = await seals.proof(PATH, timedelta(days=30))
    assert await seals.proves(PATH, proof)
    assert not await seals.proves(PATH + "0", proof)
    clock.move_to(clock.now() + timedelta(days=30))
    assert await seals.proves(PATH, proof)
    clock.move_to(clock.now() + timedelta(days=1))
    assert not await seals.proves(PATH, proof)


@pytest.mark.parametrize(
    "query", [{}, {"until": "x", "proof": "x"}, {"until": "9" * 9999, "proof": "é"}]
)
async def test_what_is_no_proof_proves_nothing(seals: Seals, query: dict[str, str]) -> None:
    assert not await seals.proves(PATH, query)


async def test_an_end_put_off_proves_nothing(seals: Seals) -> None:
    proof = dict(await seals.proof(PATH, HOUR))
    assert not await seals.proves(PATH, proof | {"until": str(int(proof["until"]) + 1)})


async def test_addresses_of_one_day_are_the_same(seals: Seals, clock: StoryClock) -> None:
    addresses = Addresses(seals, "https://review.example/", 30)
    first = await addresses.of(REF)
    clock.move_to(clock.now() + HOUR)
    assert await addresses.of(REF) == first
    assert first is not None
    assert first.startswith(f"https://review.example{PATH}?until=")


async def test_without_days_an_address_carries_no_proof(seals: Seals) -> None:
    addresses = Addresses(seals, "https://review.example", 0)
    assert await addresses.of(REF) == f"https://review.example{PATH}"


async def test_without_a_public_address_there_is_none(seals: Seals) -> None:
    assert await Addresses(seals, None, 30).of(REF) is None


async def test_an_address_too_long_for_a_status_is_left_out(seals: Seals) -> None:
    addresses = Addresses(seals, "https://review.example", 30)
    assert await addresses.of(Ref("gitlab", "g/" * 120 + "shop", 7)) is None
