"""The snapshot that a decision sees: read at the base, of this change, and asked for once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import StoryClock
from bot.errors import Refused, Retryable
from bot.facts import ASKED_DIRECTORIES, Gatherer, Snapshot, measure
from routing.chasing.preferences import Preferences
from routing.model import PastChange, Ref
from routing.people import Away, People, Person
from routing.record import Review
from storage.database import Storage
from tests.bot.builders import a_review, an_opinion
from tests.bot.fakes import MemoryForge, OpenDirectory, files_in
from tests.builders import NOW, REF, a_change, a_file, on_the_forge, policy

STRICTER = "version: 1\nrules: [{name: two, require: {approvals: 2, from: {anyone: true}}}]\n"


class Gathering:
    """A gatherer with everything around it."""

    def __init__(self, storage: Storage, clock: StoryClock, folder: Path) -> None:
        self.storage = storage
        self.forge = MemoryForge()
        self.forge.shows(a_change())
        self.directory = OpenDirectory()
        forges, self.people_file = {"github": self.forge}, folder / "people.yml"
        self.policies = files_in(folder)
        self.gatherer = Gatherer(forges, storage, self.policies, self.directory, clock)

    async def gather(self, review: Review | None = None, clicker: str | None = None) -> Snapshot:
        return await self.gatherer.gather(REF, review, clicker)

    async def looks_at(self, *paths: str) -> list[str]:
        """What the forge is asked about when a change of these files is looked at."""
        self.forge.asked_about.clear()
        self.forge.shows(a_change(files=[a_file(path) for path in paths]))
        await self.gather()
        return list(self.forge.asked_about)


@pytest.fixture
def gathering(storage: Storage, clock: StoryClock, tmp_path: Path) -> Gathering:
    return Gathering(storage, clock, tmp_path)


def always(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


async def test_the_change_and_the_words_left_on_it_are_the_forges_own(
    gathering: Gathering,
) -> None:
    gathering.forge.reviewed = [on_the_forge("dana")]
    facts = (await gathering.gather()).facts
    assert facts.change == a_change()
    assert facts.forge_reviews == (on_the_forge("dana"),)


async def test_files_that_decide_are_read_at_the_base(gathering: Gathering) -> None:
    await gathering.gather()
    request = a_change().merge_request
    assert set(gathering.forge.read_at) == {(request.base_branch, request.base_sha)}


async def test_the_repositorys_own_rules_are_added(gathering: Gathering) -> None:
    gathering.forge.files[".countersign.yml"] = STRICTER
    snapshot = await gathering.gather()
    assert [rule.name for rule in snapshot.policy.rules] == ["everything", "two"]
    assert snapshot.facts.problems == ()


@pytest.mark.parametrize("text", ["rules: [", "", "version: 1\nescalation: []\n"])
async def test_rules_that_cannot_be_used_are_a_problem_and_relax_nothing(
    gathering: Gathering, text: str
) -> None:
    gathering.forge.files[".countersign.yml"] = text
    snapshot = await gathering.gather()
    assert [rule.name for rule in snapshot.policy.rules] == ["everything"]
    assert any(".countersign.yml" in problem for problem in snapshot.facts.problems)


async def test_code_owners_are_those_of_the_first_file_that_there_is(gathering: Gathering) -> None:
    gathering.forge.files[".github/CODEOWNERS"] = "*.py @dana\n"
    gathering.forge.files["CODEOWNERS"] = "* @nobody\n"
    facts = (await gathering.gather()).facts
    assert [one.written for one in facts.owners["src/app.py"].owners] == ["@dana"]


async def test_what_others_hold_is_counted_without_this_change(gathering: Gathering) -> None:
    other = a_review(ref=Ref("github", "acme/shop", 99))
    await gathering.storage.run(lambda rooms: rooms.reviews.save(a_review(), NOW))
    await gathering.storage.run(lambda rooms: rooms.reviews.save(other, NOW))
    assert (await gathering.gather()).facts.open_asks == {"dana": 1}


async def test_slack_is_asked_about_who_clicks_and_who_has_spoken(gathering: Gathering) -> None:
    gathering.directory.barred = frozenset({"U0DANA", "U0ANA", "U0KIM"})
    review = a_review(opinions=(an_opinion("dana"),))
    assert (await gathering.gather(review, "U0ANA")).facts.left_slack == {"U0DANA", "U0ANA"}


async def test_slack_is_asked_about_who_has_spoken_on_the_forge_alone(
    gathering: Gathering,
) -> None:
    gathering.directory.barred = frozenset({"U0DANA", "U0KIM"})
    gathering.forge.reviewed = [on_the_forge("dana")]
    assert (await gathering.gather()).facts.left_slack == {"U0DANA"}


async def test_people_are_laid_out_once_as_long_as_nobody_changes(gathering: Gathering) -> None:
    people = (await gathering.gather()).facts.people
    assert (await gathering.gather()).facts.people is people


async def test_what_somebody_says_of_themselves_is_seen_at_the_next_look(
    gathering: Gathering,
) -> None:
    await gathering.gather()
    away = Preferences(away=Away(NOW.date(), NOW.date()))
    await gathering.storage.run(lambda rooms: rooms.preferences.keep("dana", away, NOW))
    (dana,) = (one for one in (await gathering.gather()).facts.people.everyone if one.id == "dana")
    assert dana.away == (Away(NOW.date(), NOW.date()),)


async def test_somebody_new_in_the_people_file_is_seen_at_the_next_look(
    gathering: Gathering,
) -> None:
    await gathering.gather()
    gathering.people_file.write_text("people: [{id: zoe, name: Zoe}]", "utf-8")
    assert gathering.policies.reload()
    assert [one.id for one in (await gathering.gather()).facts.people.everyone] == ["zoe"]


async def test_an_account_that_was_pinned_is_known_at_the_next_look(gathering: Gathering) -> None:
    new = (await gathering.gather()).new_pins
    await gathering.storage.run(lambda rooms: rooms.pins.add(new, NOW))
    snapshot = await gathering.gather()
    assert (snapshot.facts.people.pins, snapshot.new_pins) == (new, {})


async def test_pins_and_what_people_said_are_read_once_until_they_change(
    gathering: Gathering,
) -> None:
    asked: list[str] = []
    storage = gathering.storage
    await storage.run(lambda _: storage._db.conn.set_trace_callback(asked.append))
    for _ in range(3):
        await gathering.gather()
    assert sum(" FROM pins" in one for one in asked) == 1
    assert sum(" FROM preferences" in one for one in asked) == 1


async def test_what_another_process_writes_is_known_at_the_next_look(gathering: Gathering) -> None:
    await gathering.gather()
    tokyo = Preferences(timezone="Asia/Tokyo")
    with closing(Storage(gathering.storage.path)) as other:
        other.run_blocking(lambda rooms: rooms.pins.relink("github", "ana", "9", NOW))
        other.run_blocking(lambda rooms: rooms.preferences.keep("dana", tokyo, NOW))
    people = (await gathering.gather()).facts.people
    assert people.pins == {("github", "ana"): "9"}
    assert people.by_id["dana"].timezone == "Asia/Tokyo"


async def test_accounts_seen_for_the_first_time_are_to_be_pinned(gathering: Gathering) -> None:
    gathering.forge.reviewed = [on_the_forge("dana")]
    pins = (await gathering.gather()).new_pins
    assert pins == {("github", "ana"): "id-ana", ("github", "dana"): "id-dana"}


@pytest.mark.parametrize("error", [Retryable("down"), Refused("no such thing")])
async def test_without_the_forge_there_are_no_facts(gathering: Gathering, error: Exception) -> None:
    gathering.forge.trouble = always(error)
    with pytest.raises(type(error)):
        await gathering.gather()


# History.


async def test_the_history_of_a_directory_is_asked_for_once(gathering: Gathering) -> None:
    assert "src/" in await gathering.looks_at("src/app.py")
    assert await gathering.looks_at("src/other.py") == []
    assert "web/" in await gathering.looks_at("web/a.ts", "src/app.py")


async def test_a_directory_whose_history_could_not_be_had_is_asked_for_again(
    gathering: Gathering,
) -> None:
    calls = iter([None, Retryable("down")])  # the change comes, its history does not

    def fail_second() -> None:
        error = next(calls, None)
        if error is not None:
            raise error

    gathering.forge.trouble = fail_second
    with pytest.raises(Retryable):
        await gathering.gather()
    assert "src/" in await gathering.looks_at("src/app.py")


async def test_a_directory_that_was_not_asked_about_is_asked_about_next_time(
    gathering: Gathering,
) -> None:
    directories = [f"part{number:02}" for number in range(ASKED_DIRECTORIES + 5)]
    asked = await gathering.looks_at(*(f"{one}/{name}.py" for one in directories for name in "ab"))
    left = next(one for one in directories if f"{one}/" not in asked)
    assert f"{left}/" in await gathering.looks_at(f"{left}/c.py")


async def test_what_the_history_teaches_is_kept(gathering: Gathering) -> None:
    at = NOW - timedelta(days=10)
    gathering.forge.past = [
        PastChange(f"c{number}", at, ("mail:dana@x.org",), (), (("src/app.py", 9, 1),))
        for number in range(6)
    ]
    first = (await gathering.gather()).facts.history
    gathering.forge.past = []
    again = (await gathering.gather()).facts.history
    assert first.changes_known == 6
    assert again.whole == first.whole
    assert again.weighed is not None
    assert again.weighed.changes == 6


DANA = Person("dana", "Dana", emails=("dana@x.org", "dana@old.org"))


def a_past_change(number: int, author: str) -> PastChange:
    files = (("src/app.py", 9, 1),)
    return PastChange(f"c{number}", NOW - timedelta(days=number), (author,), (), files)


def test_the_addresses_of_one_person_are_theirs_together() -> None:
    past = [a_past_change(1, "mail:dana@x.org"), a_past_change(2, "mail:DANA@old.org")]
    history = measure(past, a_change(), policy(), People((DANA,)), NOW)
    assert history.writers == {"dana"}
    assert history.whole["dana"].authored == 2


def test_who_is_nobody_here_stays_who_they_are() -> None:
    history = measure([a_past_change(1, "mail:who@x.org")], a_change(), policy(), People(()), NOW)
    assert history.writers == {"mail:who@x.org"}


def test_writers_are_those_of_these_very_files() -> None:
    near = replace(a_past_change(1, "dana"), files=(("src/other.py", 9, 1),))
    history = measure([near], a_change(), policy(), People((DANA,)), NOW)
    assert history.writers == frozenset()
    assert history.changes_known == 1
