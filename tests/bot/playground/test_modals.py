"""Filling in modals: what stands in every input, what Slack complains of, and the answers."""

from __future__ import annotations

import pytest

from bot.playground.nouns import Json
from bot.playground.refusal import ApiRefusal, Impossible, NotAcknowledged
from bot.playground.server import Playground
from tests.bot.playground.blocks import NOTE, field, modal, options, section
from tests.bot.playground.ear import Ear, open_modal


async def test_a_submission_carries_values_metadata_and_hash(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE, private_metadata="card-1")
    await playground.people.submit_view("U0DANA", {"note": "I am away"})

    view = ear.heard[0]["view"]
    assert ear.heard[0]["type"] == "view_submission"
    assert (view["callback_id"], view["private_metadata"]) == ("review.decline", "card-1")
    assert view["hash"]
    assert view["state"]["values"] == {
        "note": {"note.entry": {"type": "plain_text_input", "value": "I am away"}}
    }


PICK = {"options": options("busy", "away")}
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Show it first."}]}
    ],
}
STATES: list[tuple[Json, str | list[str] | None, str, object]] = [
    ({"type": "plain_text_input"}, "x", "value", "x"),
    ({"type": "number_input", "is_decimal_allowed": True}, "2.5", "value", "2.5"),
    ({"type": "email_text_input"}, "dana@example.com", "value", "dana@example.com"),
    ({"type": "url_text_input"}, "https://example.com/1", "value", "https://example.com/1"),
    ({"type": "rich_text_input"}, "Show it first.", "rich_text_value", RICH),
    ({"type": "radio_buttons", **PICK}, "busy", "selected_option", PICK["options"][0]),
    ({"type": "checkboxes", **PICK}, ["busy", "away"], "selected_options", PICK["options"]),
    ({"type": "static_select", **PICK}, "away", "selected_option", PICK["options"][1]),
    ({"type": "multi_static_select", **PICK}, ["away"], "selected_options", PICK["options"][1:]),
    ({"type": "users_select"}, "U0ANA", "selected_user", "U0ANA"),
    ({"type": "multi_users_select"}, ["U0ANA"], "selected_users", ["U0ANA"]),
    ({"type": "channels_select"}, "C0REVIEWS", "selected_channel", "C0REVIEWS"),
    ({"type": "multi_channels_select"}, ["C0REVIEWS"], "selected_channels", ["C0REVIEWS"]),
    ({"type": "conversations_select"}, "U0ANA", "selected_conversation", "U0ANA"),
    ({"type": "multi_conversations_select"}, ["U0ANA"], "selected_conversations", ["U0ANA"]),
    ({"type": "datepicker", "initial_date": "2026-03-09"}, None, "selected_date", "2026-03-09"),
    ({"type": "timepicker"}, "09:30", "selected_time", "09:30"),
    ({"type": "datetimepicker"}, "1772449200", "selected_date_time", 1772449200),
]


@pytest.mark.parametrize(("element", "entered", "name", "held"), STATES, ids=str)
async def test_every_kind_of_input_has_slacks_state(
    playground: Playground,
    ear: Ear,
    element: Json,
    entered: str | list[str] | None,
    name: str,
    held: object,
) -> None:
    await open_modal(playground, field("it", element))
    filled = {"it": entered} if entered is not None else {}
    assert await playground.people.submit_view("U0DANA", filled) == {}
    state = ear.heard[0]["view"]["state"]["values"]["it"]["it.entry"]
    assert state == {"type": element["type"], name: held}


async def test_what_somebody_sent_stands_in_a_file_input(playground: Playground, ear: Ear) -> None:
    wanted = {"type": "file_input", "filetypes": ["png"], "max_files": 1}
    await open_modal(playground, field("it", wanted))
    files = playground.workspace.files
    picture, words = (files.send("U0DANA", name, b"x") for name in ("plot.png", "notes.txt"))
    submit = playground.people.submit_view
    with pytest.raises(Impossible, match="nobody has sent a file 'F0'"):
        await submit("U0DANA", {"it": ["F0"]})
    of_a_kind = {"it": "Please choose files of these kinds: png."}
    assert await submit("U0DANA", {"it": [words.id]}) == of_a_kind
    assert await submit("U0DANA", {"it": [picture.id] * 2}) == {"it": "Please choose at most 1."}
    assert await submit("U0DANA", {"it": [picture.id]}) == {}

    [held] = ear.heard[0]["view"]["state"]["values"]["it"]["it.entry"]["files"]
    assert (held["id"], held["user"], held["filetype"]) == (picture.id, "U0DANA", "png")


NUMBER: Json = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"} | {
    "max_value": "9"
}


@pytest.mark.parametrize(
    ("element", "entered", "complaint"),
    [
        (NUMBER, "many", "Please enter a number."),
        (NUMBER, "2.5", "Please enter a whole number."),
        (NUMBER, "0", "Please enter 1 or more."),
        (NUMBER, "10", "Please enter 9 or less."),
        ({"type": "email_text_input"}, "dana", "Please enter a valid email address."),
        ({"type": "url_text_input"}, "javascript:alert(1)", "Please enter a valid URL."),
        (
            {"type": "multi_static_select", "max_selected_items": 1, **PICK},
            ["busy", "away"],
            "Please choose at most 1.",
        ),
    ],
    ids=str,
)
async def test_what_cannot_be_meant_is_told_by_slack_itself(
    playground: Playground, ear: Ear, element: Json, entered: str | list[str], complaint: str
) -> None:
    await open_modal(playground, field("it", element))
    assert await playground.people.submit_view("U0DANA", {"it": entered}) == {"it": complaint}
    assert ear.heard == []


async def test_what_the_app_suggests_can_be_chosen(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, field("it", {"type": "multi_external_select"}))
    ear.ack = {"options": options("payments", "search")}
    suggested = await playground.people.suggest("U0DANA", "modal", "it", "a")
    ear.ack = None
    await playground.people.submit_view("U0DANA", {"it": ["search"]})

    asked, submitted = ear.heard
    assert (asked["type"], asked["action_id"], asked["value"]) == (
        "block_suggestion",
        "it.entry",
        "a",
    )
    state = submitted["view"]["state"]["values"]["it"]["it.entry"]
    assert state["selected_options"] == [suggested[1]]


async def test_what_was_never_suggested_cannot_be_chosen(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, field("it", {"type": "external_select"}))
    with pytest.raises(Impossible, match="offers no option 'search'"):
        await playground.people.submit_view("U0DANA", {"it": "search"})

    assert ear.heard == []


async def test_a_required_input_left_empty_never_reaches_the_app(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE)
    errors = await playground.people.submit_view("U0DANA")

    assert errors == {"note": "Please complete this required field."}
    assert ear.heard == []


async def test_an_optional_input_may_stay_empty(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, {**NOTE, "optional": True})
    errors = await playground.people.submit_view("U0DANA")

    assert errors == {}
    assert ear.heard[0]["view"]["state"]["values"]["note"]["note.entry"]["value"] is None


async def test_an_initial_value_can_be_emptied(playground: Playground, ear: Ear) -> None:
    entry = {"type": "plain_text_input", "initial_value": "suggested"}
    await open_modal(playground, field("note", entry, optional=True))
    await playground.people.submit_view("U0DANA", {"note": ""})

    assert ear.heard[0]["view"]["state"]["values"]["note"]["note.entry"]["value"] is None


@pytest.mark.parametrize(("text", "words"), [("ab", "at least 3"), ("abcdef", "at most 5")])
async def test_too_short_and_too_long_are_told_by_slack_itself(
    playground: Playground, ear: Ear, text: str, words: str
) -> None:
    entry = {"type": "plain_text_input", "min_length": 3, "max_length": 5}
    await open_modal(playground, field("note", entry))
    errors = await playground.people.submit_view("U0DANA", {"note": text})

    assert words in errors["note"]
    assert ear.heard == []


async def test_what_has_no_input_cannot_be_entered(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, NOTE)
    with pytest.raises(Impossible, match="no such input: colour"):
        await playground.people.submit_view("U0DANA", {"note": "x", "colour": "red"})

    assert ear.heard == []


async def test_an_acknowledged_submission_closes_the_modal(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE)
    await playground.people.submit_view("U0DANA", {"note": "x"})

    assert ear.heard
    assert playground.workspace.view_of("U0DANA") is None


async def test_the_answer_can_show_another_view(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, NOTE)
    ear.ack = {"response_action": "update", "view": modal(section("Thank you"))}
    await playground.people.submit_view("U0DANA", {"note": "x"})

    view = playground.workspace.view_of("U0DANA")
    assert view is not None
    assert view.blocks[0]["text"]["text"] == "Thank you"


async def test_the_answer_can_push_a_view_and_closing_it_shows_the_first(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE)
    ear.ack = {"response_action": "push", "view": modal(section("Sure?"))}
    await playground.people.submit_view("U0DANA", {"note": "x"})
    await playground.people.close_view("U0DANA")

    view = playground.workspace.view_of("U0DANA")
    assert view is not None
    assert view.blocks[0]["type"] == "input"


async def test_the_answer_can_clear_all_views(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, NOTE)
    ear.ack = {"response_action": "push", "view": modal(NOTE)}
    await playground.people.submit_view("U0DANA", {"note": "x"})
    ear.ack = {"response_action": "clear"}
    await playground.people.submit_view("U0DANA", {"note": "x"})

    assert playground.workspace.view_of("U0DANA") is None


@pytest.mark.parametrize(
    "ack",
    [
        {"response_action": "errors", "errors": {"elsewhere": "no such input"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "applaud"},
        {"response_action": "update", "view": modal(section(""))},
    ],
    ids=["error for no input", "no errors", "unknown action", "bad view"],
)
async def test_an_answer_slack_would_not_understand_is_refused(
    playground: Playground, ear: Ear, ack: Json
) -> None:
    await open_modal(playground, NOTE)
    ear.ack = ack
    with pytest.raises(ApiRefusal):
        await playground.people.submit_view("U0DANA", {"note": "x"})

    assert playground.workspace.view_of("U0DANA") is not None


@pytest.mark.parametrize(("asked", "heard"), [(True, ["view_closed"]), (False, [])])
async def test_the_app_hears_of_a_closed_modal_only_if_it_asked(
    playground: Playground, ear: Ear, asked: bool, heard: list[str]
) -> None:
    await open_modal(playground, NOTE, notify_on_close=asked)
    await playground.people.close_view("U0DANA")

    assert [payload["type"] for payload in ear.heard] == heard


async def test_a_submission_nobody_acknowledges_leaves_the_modal_open(
    playground: Playground,
) -> None:
    await open_modal(playground, NOTE)
    with pytest.raises(NotAcknowledged):
        await playground.people.submit_view("U0DANA", {"note": "x"})

    assert playground.workspace.view_of("U0DANA") is not None
