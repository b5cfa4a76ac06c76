"""Addresses as people paste them lead to the merge request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.addresses import parse_address

GITHUB = "https://github.example/acme/shop/pull/7"
GITLAB = "https://gitlab.example/acme/sub/shop/-/merge_requests/7"


@pytest.mark.parametrize("address", [GITHUB, GITLAB])
@pytest.mark.parametrize(
    "tail", ["", "/", "/files", "/diffs?view=inline", "#note_12", "/commits/abc#L3", "?w=1"]
)
@pytest.mark.parametrize("form", ["{}", " {} ", "<{}>", "<{}|the change>"])
def test_every_form_of_an_address_leads_to_the_merge_request(
    address: str, tail: str, form: str
) -> None:
    assert parse_address(form.format(address + tail)) == address


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("", ""),
        ("shop#7", "shop#7"),
        ("https://x.test/1/", "https://x.test/1"),
        ("<@U0ANA>", "<@U0ANA>"),
    ],
)
def test_what_is_no_address_comes_back_as_it_is(said: str, read: str) -> None:
    assert parse_address(said) == read


@given(st.text())
def test_anything_can_be_typed(said: str) -> None:
    assert parse_address(parse_address(said)) == parse_address(said)
