"""Block Kit's limits: what Slack refuses, the playground refuses with the same words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.limits import MESSAGE_CHARACTERS, check_message_blocks, check_view
from bot.playground.refusal import ApiRefusal

CASES = json.loads(
    (Path(__file__).parents[2] / "data/playground/limits.json").read_text(encoding="utf-8")
)


def unfold(value: Any) -> Any:
    """Write out `{"$repeat": x, "times": n}`: a text n times over, or a list of n."""
    match value:
        case {"$repeat": str(text), "times": int(times)}:
            return text * times
        case {"$repeat": item, "times": int(times)}:
            return [unfold(item) for _ in range(times)]
        case dict():
            return {name: unfold(member) for name, member in value.items()}
        case list():
            return [unfold(member) for member in value]
        case _:
            return value


def complaints_about(surface: str, content: Any) -> list[str]:
    try:
        if surface == "message":
            check_message_blocks(content)
        else:
            check_view(content, surface)
    except ApiRefusal as refusal:
        return list(refusal.messages)
    return []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_slack_complains_about_exactly_this(case: dict[str, Any]) -> None:
    assert complaints_about(case["surface"], unfold(case["content"])) == case["complaints"]


def test_a_message_may_not_be_too_long_in_sum() -> None:
    text = {"type": "mrkdwn", "text": "x" * 2_750}
    blocks = [{"type": "section", "text": text} for _ in range(MESSAGE_CHARACTERS // 2_750)]
    check_message_blocks(blocks)

    one_more = {"type": "header", "text": {"type": "plain_text", "text": "x"}}
    with pytest.raises(ApiRefusal) as refused:
        check_message_blocks([*blocks, one_more])

    assert refused.value.code == "msg_blocks_too_long"


def test_blocks_that_are_no_list_have_their_own_code() -> None:
    with pytest.raises(ApiRefusal) as refused:
        check_message_blocks({"type": "divider"})

    assert refused.value.code == "invalid_blocks_format"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "fields", "block_id", "element"]),
            inner | st.sampled_from(["section", "actions", "button", "mrkdwn", "input"]),
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_any_json_is_taken_or_refused_but_never_breaks_the_check(value: Any) -> None:
    for surface in ("message", "modal", "home"):
        complaints_about(surface, value)
