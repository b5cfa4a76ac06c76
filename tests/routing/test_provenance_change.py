"""A whole merge request: its author, branch, body, labels and every commit count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.ai.catalogue import Agent, Box, Catalogue, Trailer
from routing.ai.signals import CATALOGUE
from routing.model import Account, Signature
from routing.provenance import ProvenanceVerdict, Tier, assess_provenance
from tests.routing.provenance_cases import CLAUDE, LONG_AGO, a_change, a_commit

NOTE = """src/app.py
  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10,15
  h_31dce776f88375 20-30
---
{"sessions": {"s_c9883b05a2487d": {"agent_id": {"tool": "cursor"}}}}
"""
HUMAN_NOTE = 'src/app.py\n  h_31dce776f88375 20-30\n---\n{"schema_version": "authorship/3.0.0"}'


def test_a_change_without_signals_is_unknown() -> None:
    found = assess_provenance(a_change([a_commit()]))
    assert (found.verdict, found.ai, found.assisted_lines) == ("unknown", False, 0)


def test_evidence_names_the_commit_it_stands_in() -> None:
    found = assess_provenance(a_change([a_commit(), a_commit(f"Go\n\n{CLAUDE}", "9f8e7d6c5b4a")]))
    assert [one.place for one in found.evidence] == ["commit 9f8e7d6 trailer"]


def test_an_agents_account_is_known_by_its_id_whatever_its_login() -> None:
    found = assess_provenance(a_change(author=Account("github", "158243242", "renamed")))
    assert (found.verdict, found.tools) == (ProvenanceVerdict.AI_AUTHORED, ("Devin",))


def test_a_recycled_login_is_a_stranger() -> None:
    assert not assess_provenance(a_change(author=Account("github", "5", "Copilot"))).ai


def test_another_forges_ids_are_other_people() -> None:
    assert not assess_provenance(a_change(author=Account("gitlab", "158243242", "noor"))).ai


@pytest.mark.parametrize("number", ["", "²", "-1", "9" * 5000])
def test_a_strange_account_id_is_nobodys(number: str) -> None:
    assert not assess_provenance(a_change(author=Account("github", number, "noor"))).ai


def test_the_forges_account_behind_a_commit_counts() -> None:
    commit = a_commit()
    agent = Account("github", "206951365", "cursor[bot]")
    author = Signature("Noor", "noor@example.net", LONG_AGO, agent)
    found = assess_provenance(a_change([replace(commit, author=author)]))
    assert (found.verdict, found.tools) == (ProvenanceVerdict.AI_AUTHORED, ("Cursor",))


def test_an_agent_that_only_committed_is_no_author() -> None:
    agent = Signature("Claude", "noreply@anthropic.com", LONG_AGO)
    assert not assess_provenance(a_change([replace(a_commit(), committer=agent)])).evidence


def test_labels_count_only_when_the_organisation_names_them() -> None:
    change = a_change(labels=("AI-Assisted",))
    named = CATALOGUE.extended(Catalogue(labels=("ai-assisted",)))
    assert not assess_provenance(change).ai
    assert assess_provenance(change, named).verdict == ProvenanceVerdict.DECLARED


def test_boxes_count_only_when_named_and_ticked() -> None:
    named = CATALOGUE.extended(Catalogue(boxes=(Box("An AI tool helped"),)))
    ticked, open_box = (
        a_change(body="- [x] An AI tool helped me"),
        a_change(body="- [ ] An AI tool helped"),
    )
    assert not assess_provenance(ticked).ai
    assert not assess_provenance(open_box, named).ai
    assert assess_provenance(ticked, named).verdict == ProvenanceVerdict.DECLARED


def test_an_organisation_can_add_its_own_agents_and_trailers() -> None:
    own = CATALOGUE.extended(
        Catalogue(
            agents=(Agent("Bob", addresses=("bob@ai.example.com",)),),
            trailers=(Trailer("Bob", "X-Bob", begins=("run-",), tier=Tier.TOOL),),
        )
    )
    for change in (
        a_change([a_commit(author=("Bob", "bob@ai.example.com"))]),
        a_change([a_commit("Fix it\n\nX-Bob: run-7")]),
        a_change([a_commit("Fix it\n\nCo-authored-by: Bob <bob@ai.example.com>")]),
    ):
        assert not assess_provenance(change).ai
        assert assess_provenance(change, own).tools == ("Bob",)


def test_what_an_organisation_says_of_an_identity_wins() -> None:
    weaker = Agent("House bot", addresses=("noreply@anthropic.com",), author=Tier.HINT)
    change = a_change([a_commit(author=("x", "noreply@anthropic.com"))])
    found = assess_provenance(change, CATALOGUE.extended(Catalogue(agents=(weaker,))))
    assert found.verdict == ProvenanceVerdict.POSSIBLE


def test_a_bot_is_what_the_forge_calls_one() -> None:
    found = assess_provenance(a_change(author=Account("github", "5", "acme-release", bot=True)))
    assert (found.verdict, found.bot) == (ProvenanceVerdict.BOT, True)


def test_a_persons_change_with_a_bots_commit_is_no_bots() -> None:
    commit = a_commit(
        author=("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
    )
    assert not assess_provenance(a_change([commit])).bot


def test_an_agents_empty_first_commit_is_no_evidence() -> None:
    agent = ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com")
    assert not assess_provenance(a_change([a_commit("Initial plan", author=agent)])).evidence


def test_every_line_added_to_written_files_is_assisted() -> None:
    files = [("src/app.py", 40), ("uv.lock", 900), ("vendor/x.js", 70), ("src/b.py", 2)]
    found = assess_provenance(a_change([a_commit(f"Go\n\n{CLAUDE}")], files))
    assert found.assisted_lines == 42


def test_a_hint_assists_no_line() -> None:
    assert assess_provenance(a_change(head_branch="copilot/x")).assisted_lines == 0


def test_a_note_on_every_commit_counts_the_lines_it_attests() -> None:
    change = a_change([a_commit(f"Go\n\n{CLAUDE}", "aaaaaaa1")])
    assert assess_provenance(change, notes={"aaaaaaa1": NOTE}).assisted_lines == 11


def test_a_commit_without_a_note_makes_every_line_count() -> None:
    change = a_change([a_commit(sha="aaaaaaa1"), a_commit(f"Go\n\n{CLAUDE}", "aaaaaaa2")])
    assert assess_provenance(change, notes={"aaaaaaa1": NOTE}).assisted_lines == 40


def test_notes_never_attest_more_than_was_added() -> None:
    change = a_change([a_commit(sha="aaaaaaa1")], [("src/app.py", 4)])
    assert assess_provenance(change, notes={"aaaaaaa1": NOTE}).assisted_lines == 4


def test_a_note_of_ai_lines_is_evidence() -> None:
    found = assess_provenance(a_change([a_commit(sha="aaaaaaa1")]), notes={"aaaaaaa1": NOTE})
    assert (found.verdict, found.tools) == (ProvenanceVerdict.AI_ASSISTED, ("cursor",))
    assert [one.place for one in found.evidence] == ["commit aaaaaaa note"]


def test_a_note_of_a_person_alone_is_no_evidence() -> None:
    found = assess_provenance(a_change([a_commit(sha="aaaaaaa1")]), notes={"aaaaaaa1": HUMAN_NOTE})
    assert not found.evidence


def test_an_unreadable_note_attests_nothing_and_hides_nothing() -> None:
    change = a_change([a_commit(f"Go\n\n{CLAUDE}", "aaaaaaa1")])
    assert assess_provenance(change, notes={"aaaaaaa1": "nonsense"}).assisted_lines == 40
