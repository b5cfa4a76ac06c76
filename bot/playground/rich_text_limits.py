"""What Slack takes as rich text. Source: Slack's reference of the rich text block, 2026."""

from __future__ import annotations

from bot.playground.element_limits import ID, NAMED, URL, plain
from bot.playground.shapes import (
    Check,
    array,
    boolean,
    by_type,
    integer,
    one_of,
    shape,
    string,
)

_STYLED = {
    "style": shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
}
_MENTION = ("bold", "italic", "strike", "highlight", "client_highlight", "unlink")
_MENTIONED = {"style": shape({}, dict.fromkeys(_MENTION, boolean))}
_TEXT = shape({"text": string(3000)}, _STYLED)
_LINK = shape({"url": URL}, {**_STYLED, "text": string(3000), "unsafe": boolean})
_LEAF = by_type(
    {
        "text": _TEXT,
        "link": _LINK,
        "user": shape({"user_id": ID}, _MENTIONED),
        "usergroup": shape({"usergroup_id": ID}, _MENTIONED),
        "channel": shape({"channel_id": ID}, _MENTIONED),
        "team": shape({"team_id": ID}, _MENTIONED),
        "emoji": shape(
            {"name": string(255)},
            {**_STYLED, "unicode": string(255), "skin_tone": integer(1, 6)},
        ),
        "date": shape(
            {"timestamp": integer(0, 10**10 - 1), "format": string(255)},
            {**_STYLED, "url": URL, "fallback": string(255)},
        ),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
        "color": shape({"value": string(255)}, _STYLED),
    }
)
_LEAVES = array(_LEAF, 1000, least=0)
_SECTION = shape({"elements": _LEAVES})
_BORDERED = {"border": integer(0, 1)}
RICH_TEXT: Check = shape(
    {
        "elements": array(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": shape(
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": array(by_type({"rich_text_section": _SECTION}), 100),
                        },
                        {**_BORDERED, "indent": integer(0, 8), "offset": integer(0, 1000)},
                    ),
                    "rich_text_preformatted": shape(
                        {"elements": array(by_type({"text": _TEXT, "link": _LINK}), 1000)},
                        {**_BORDERED, "language": string(255)},
                    ),
                    "rich_text_quote": shape({"elements": _LEAVES}, _BORDERED),
                }
            ),
            100,
        )
    },
    NAMED,
)
ONLY_RICH_TEXT = by_type({"rich_text": RICH_TEXT})
RICH_TEXT_INPUT = shape(
    {},
    {
        "action_id": ID,
        "initial_value": ONLY_RICH_TEXT,
        "placeholder": plain(150),
        "focus_on_load": boolean,
        "dispatch_action_config": shape(
            {"trigger_actions_on": array(one_of("on_character_entered"), 1)}
        ),
        "min_lines": integer(1, 100),
        "max_lines": integer(1, 100),
    },
)
