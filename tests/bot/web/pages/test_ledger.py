"""The ledger page: what is asked of it is understood or said not to be, and it leads on."""

from __future__ import annotations

from datetime import date

import pytest

from bot.web.pages.ledger import A_PAGE, Asked, ledger_page, parse_asked
from storage.ledger import Opened
from storage.ledger_search import Wanted


def entry(seq: int, ref: str = "gitlab/acme/tea/pot/22") -> Opened:
    at = "2026-11-16T10:00:00.000000+00:00"
    return Opened(seq, at, ref, "closed", "{}", "f" * 64)


def test_everything_that_can_be_asked_is_understood() -> None:
    asked = parse_asked(
        {
            "q": " refunds ",
            "kind": "gate",
            "review": "/github/acme/shop/7/",
            "since": "2026-11-01",
            "until": "2026-11-30",
            "before": "51",
        }
    )
    wanted = Wanted("refunds", "gate", "github/acme/shop/7", date(2026, 11, 1), date(2026, 11, 30))
    assert asked == Asked(wanted, 51)


@pytest.mark.parametrize("before", ["", "-1", "x", "٣", "9" * 40])
def test_a_number_that_is_none_begins_with_the_newest(before: str) -> None:
    assert parse_asked({"before": before}).before is None


def test_a_day_that_is_none_is_said() -> None:
    asked = parse_asked({"since": "yesterday", "until": "2026-13-01"})
    assert asked.wanted == Wanted()
    assert [problem.split("”")[0] for problem in asked.problems] == ["“yesterday", "“2026-13-01"]


def test_a_full_page_leads_to_the_older_ones_with_the_same_question() -> None:
    found = [entry(seq) for seq in range(100, 100 - A_PAGE - 1, -1)]
    page = ledger_page(parse_asked({"q": "a b", "kind": "closed"}), found, ["closed", "gate"], 100)
    assert len(page.rows) == A_PAGE
    assert page.older == "/ledger?q=a+b&kind=closed&before=51"
    assert page.export == "/ledger/export.jsonl?q=a+b&kind=closed"
    assert page.kinds == (("closed", "closed", True), ("gate", "gate", False))


def test_the_last_page_leads_nowhere() -> None:
    page = ledger_page(parse_asked({}), [entry(1)], ["closed"], 1)
    assert (page.older, page.newest) == ("", "")


def test_an_entry_leads_to_its_decision() -> None:
    [row] = ledger_page(parse_asked({}), [entry(1)], [], 1).rows
    assert (row.name, row.link) == ("pot!22", "/reviews/gitlab/acme/tea/pot/22")


@pytest.mark.parametrize("ref", ["", "github/acme/shop/seven", "people"])
def test_an_entry_about_no_merge_request_leads_nowhere(ref: str) -> None:
    [row] = ledger_page(parse_asked({}), [entry(1, ref)], [], 1).rows
    assert (row.name, row.link) == (ref, "")
