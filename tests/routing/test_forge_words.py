"""Each forge is spoken of in its own words."""

from __future__ import annotations

import pytest

from routing.forge_words import short_name, words_of
from routing.model import Ref
from routing.owners.codeowners import Dialect


@pytest.mark.parametrize(
    ("forge", "request_word", "name"),
    [
        ("github", "pull request", "shop#12"),
        ("github-2", "pull request", "shop#12"),
        ("gitlab", "merge request", "shop!12"),
        ("gitlab-9", "merge request", "shop!12"),
        ("local", "merge request", "shop#12"),
    ],
)
def test_a_request_to_merge_is_called_as_its_forge_calls_it(
    forge: str, request_word: str, name: str
) -> None:
    assert words_of(forge).request == request_word
    assert short_name(Ref(forge, "acme/deep/shop", 12)) == name


@pytest.mark.parametrize(("forge", "dialect"), [("gitlab-2", "gitlab"), ("github", "github")])
def test_code_owners_are_read_by_their_forges_rules(forge: str, dialect: Dialect) -> None:
    assert words_of(forge).dialect == dialect
