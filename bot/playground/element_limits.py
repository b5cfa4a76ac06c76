"""What Slack takes as texts, options, confirmations and the elements people act on.

Source: Slack's Block Kit reference, 2026.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.playground.shapes import (
    Check,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    integer,
    number,
    one_of,
    rising,
    shape,
    string,
)

ID = string(255)
URL = string(3000)
NAMED = {"block_id": ID}


def plain(most: int) -> Check:
    """A `plain_text` object of at most so many characters."""
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean})})


def texts(most: int) -> dict[str, Check]:
    """Both kinds of text object, by their type."""
    return {
        "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
    }


def text(most: int) -> Check:
    """A text object of either kind."""
    return by_type(texts(most))


_SHOWN = {"image_url": URL, "slack_file": shape({"id": ID})}


def picture(more: Mapping[str, Check]) -> Check:
    """A picture from the web or of a file that was uploaded."""
    return exactly_one(tuple(_SHOWN), shape({"alt_text": string(2000)}, {**_SHOWN, **more}))


PICTURE = picture({})
_CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75), "url": URL})
_PLAIN_OPTION = shape(
    {"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL}
)
_OPTION_GROUP = shape({"label": plain(75), "options": array(_PLAIN_OPTION, 100)})
OPTIONS = {"options": array(_PLAIN_OPTION, 100), "option_groups": array(_OPTION_GROUP, 100)}
SUGGESTED = at_least_one(
    tuple(OPTIONS),
    shape(
        {},
        {
            "options": array(_PLAIN_OPTION, 100, least=0),
            "option_groups": array(_OPTION_GROUP, 100, least=0),
        },
    ),
)
_DISPATCH = shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}
)
_FILTER = at_least_one(
    ("include", "exclude_bot_users", "exclude_external_shared_channels"),
    shape(
        {},
        {
            "include": array(one_of("im", "mpim", "private", "public"), 4),
            "exclude_bot_users": boolean,
            "exclude_external_shared_channels": boolean,
        },
    ),
)

_FOCUSED = {"action_id": ID, "focus_on_load": boolean}
_PICKED = {**_FOCUSED, "confirm": _CONFIRM}
_CHOOSER = {**_PICKED, "placeholder": plain(150)}
_SEVERAL = {**_CHOOSER, "max_selected_items": integer(1, 100)}
_SOMEWHERE = {"filter": _FILTER, "default_to_current_conversation": boolean}
_ANSWERED = {"response_url_enabled": boolean}
_SEARCHED = {"min_query_length": integer(0, 255)}
_TYPED = {**_FOCUSED, "placeholder": plain(150), "dispatch_action_config": _DISPATCH}
_SOMEBODY, _PLACE = string(255), string(255)

_BUTTON = {"action_id": ID, "accessibility_label": string(75), "style": one_of("primary", "danger")}
BUTTON = shape(
    {"text": plain(75)}, {**_BUTTON, "url": URL, "value": string(2000), "confirm": _CONFIRM}
)
_TRIGGER = shape(
    {"url": URL},
    {"customizable_input_parameters": array(shape({"name": ID, "value": string(2000)}), 100)},
)
WORKFLOW_BUTTON = shape({"text": plain(75), "workflow": shape({"trigger": _TRIGGER})}, _BUTTON)
_FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
CONTEXT_ACTIONS: dict[str, Check] = {
    "feedback_buttons": shape(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": ID}
    ),
    "icon_button": shape(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "action_id": ID,
            "value": string(2000),
            "confirm": _CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(_SOMEBODY, 10),
        },
    ),
}
SELECTS: dict[str, Check] = {
    "static_select": at_least_one(
        tuple(OPTIONS), shape({}, {**_CHOOSER, **OPTIONS, "initial_option": _PLAIN_OPTION})
    ),
    "external_select": shape({}, {**_CHOOSER, **_SEARCHED, "initial_option": _PLAIN_OPTION}),
    "users_select": shape({}, {**_CHOOSER, "initial_user": _SOMEBODY}),
    "channels_select": shape({}, {**_CHOOSER, **_ANSWERED, "initial_channel": _PLACE}),
    "conversations_select": shape(
        {}, {**_CHOOSER, **_ANSWERED, **_SOMEWHERE, "initial_conversation": _PLACE}
    ),
    "multi_static_select": at_least_one(
        tuple(OPTIONS),
        shape({}, {**_SEVERAL, **OPTIONS, "initial_options": array(_PLAIN_OPTION, 100)}),
    ),
    "multi_external_select": shape(
        {}, {**_SEVERAL, **_SEARCHED, "initial_options": array(_PLAIN_OPTION, 100)}
    ),
    "multi_users_select": shape({}, {**_SEVERAL, "initial_users": array(_SOMEBODY, 100)}),
    "multi_channels_select": shape({}, {**_SEVERAL, "initial_channels": array(_PLACE, 100)}),
    "multi_conversations_select": shape(
        {}, {**_SEVERAL, **_SOMEWHERE, "initial_conversations": array(_PLACE, 100)}
    ),
}
PICKERS: dict[str, Check] = {
    "radio_buttons": shape({"options": array(_OPTION, 10)}, {**_PICKED, "initial_option": _OPTION}),
    "checkboxes": shape(
        {"options": array(_OPTION, 10)}, {**_PICKED, "initial_options": array(_OPTION, 10)}
    ),
    "datepicker": shape({}, {**_CHOOSER, "initial_date": string(10, 10)}),
    "timepicker": shape({}, {**_CHOOSER, "initial_time": string(5, 5), "timezone": ID}),
    "datetimepicker": shape({}, {**_PICKED, "initial_date_time": integer(10**9, 10**10 - 1)}),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": rising(
        ("min_length", "max_length"),
        shape(
            {},
            {
                **_TYPED,
                "initial_value": string(3000),
                "multiline": boolean,
                "min_length": integer(0, 3000),
                "max_length": integer(1, 3000),
            },
        ),
    ),
    "number_input": rising(
        ("min_value", "max_value"),
        shape(
            {"is_decimal_allowed": boolean},
            {**_TYPED, "initial_value": number, "min_value": number, "max_value": number},
        ),
    ),
    "email_text_input": shape({}, {**_TYPED, "initial_value": string(3000)}),
    "url_text_input": shape({}, {**_TYPED, "initial_value": string(3000)}),
    "file_input": shape(
        {}, {"action_id": ID, "filetypes": array(string(255), 100), "max_files": integer(1, 10)}
    ),
}
CLICKED: dict[str, Check] = {
    "button": BUTTON,
    "workflow_button": WORKFLOW_BUTTON,
    "overflow": shape({"options": array(_PLAIN_OPTION, 5)}, {"action_id": ID, "confirm": _CONFIRM}),
}
