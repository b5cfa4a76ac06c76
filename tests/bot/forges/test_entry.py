"""Who may enter a project on its forge: asked once an hour, and nobody locked out on a guess."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import StoryClock
from bot.errors import Refused
from bot.forges.entry import FRESH, Entries
from bot.forges.github.adapter import GitHub
from bot.forges.gitlab.adapter import GitLab
from tests.bot.fakes import MemoryForge, SetClock
from tests.builders import NOW, a_person
from tests.standins.github.site import GitHubStandIn

SHOP = "acme/shop"
ANA, DEE = a_person("ana"), a_person("dee")
KIM = a_person("kim", logins={})
GITLAB = tuple(a_person(who, logins={"gitlab": who}) for who in ("ana", "dee"))


async def test_github_lets_in_its_collaborators(github: GitHubStandIn, forge: GitHub) -> None:
    del github
    found = await Entries(StoryClock(NOW)).without(forge, SHOP, (ANA, DEE, KIM))
    assert found == {"dee"}


async def test_gitlab_lets_in_its_members(adapter: GitLab) -> None:
    assert await Entries(StoryClock(NOW)).without(adapter, SHOP, GITLAB) == {"dee"}


async def test_it_is_asked_once_an_hour(github: GitHubStandIn, forge: GitHub) -> None:
    clock = StoryClock(NOW)
    entries = Entries(clock)
    assert await entries.without(forge, SHOP, (DEE,)) == {"dee"}
    github.people["dee"].access = "read"
    assert await entries.without(forge, SHOP, (DEE,)) == {"dee"}
    clock.move_to(NOW + FRESH)
    assert await entries.without(forge, SHOP, (DEE,)) == frozenset()


async def test_it_is_asked_once_an_hour_though_the_clock_is_set_back(
    github: GitHubStandIn, forge: GitHub
) -> None:
    clock = SetClock(NOW)
    entries = Entries(clock)
    assert await entries.without(forge, SHOP, (DEE,)) == {"dee"}
    github.people["dee"].access = "read"
    clock.set_to(NOW - FRESH)
    assert await entries.without(forge, SHOP, (DEE,)) == {"dee"}
    clock.set_to(NOW)
    assert await entries.without(forge, SHOP, (DEE,)) == frozenset()


async def test_where_we_may_not_look_nobody_is_locked_out(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.people["countersign-bot"].access = "read"
    with pytest.raises(Refused):
        await forge.members(SHOP)
    assert await Entries(StoryClock(NOW)).without(forge, SHOP, (DEE,)) == frozenset()


async def test_a_forge_without_doors_locks_nobody_out() -> None:
    entries = Entries(StoryClock(NOW + timedelta(days=1)))
    assert await entries.without(MemoryForge(), SHOP, (DEE,)) == frozenset()
