"""What Slack takes of the larger blocks: cards, containers, tables, charts, plans and videos.

Source: Slack's Block Kit reference, 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.playground.element_limits import BUTTON, ID, NAMED, PICTURE, URL, plain, text
from bot.playground.rich_text_limits import ONLY_RICH_TEXT
from bot.playground.shapes import (
    Check,
    array,
    at_least_one,
    boolean,
    by_type,
    complaint,
    figure,
    integer,
    one_of,
    shape,
    string,
)

_PICTURE = by_type({"image": PICTURE})
_RAW: dict[str, Check] = {
    "raw_text": shape({"text": string(3000, 0)}),
    "raw_number": shape({"value": figure}, {"text": string(255)}),
}
_CELL = by_type({**_RAW, "rich_text": ONLY_RICH_TEXT})
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

CARD: Check = at_least_one(
    ("hero_image", "title", "actions", "body"),
    shape(
        {},
        {
            **NAMED,
            "hero_image": _PICTURE,
            "icon": _PICTURE,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "actions": array(by_type({"button": BUTTON}), 25),
        },
    ),
)
CAROUSEL = shape({"elements": array(by_type({"card": CARD}), 10)}, NAMED)
VIDEO = shape(
    {"alt_text": string(2000), "video_url": URL, "thumbnail_url": URL, "title": plain(199)},
    {
        **NAMED,
        "title_url": URL,
        "description": plain(200),
        "provider_icon_url": URL,
        "provider_name": string(255),
        "author_name": string(49),
    },
)
TABLE = shape(
    {"rows": array(array(_CELL, 20), 100)}, {**NAMED, "column_settings": array(_COLUMN, 20)}
)
_ROWS = array(array(_CELL, 20), 101, least=2)


def _rows(value: Any, at: str) -> Iterator[str]:
    """A header without rich text, and rows as long as it is."""
    complaints = list(_ROWS(value, at))
    yield from complaints
    if complaints:
        return
    for index, cell in enumerate(value[0]):
        if cell["type"] == "rich_text":
            yield complaint("unsupported type: rich_text", f"{at}/0/{index}/type")
    for index, row in enumerate(value):
        if len(row) != len(value[0]):
            yield complaint("must have as many cells as the header", f"{at}/{index}")


DATA_TABLE = shape(
    {"rows": _rows, "caption": string(3000)},
    {**NAMED, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
)
_POINT = shape({"label": string(20), "value": figure})
_AXES = shape({"categories": array(string(20), 20)}, {"x_label": string(50), "y_label": string(50)})
_LINES = shape(
    {
        "series": array(shape({"name": string(20), "data": array(_POINT, 20)}), 6),
        "axis_config": _AXES,
    }
)
DATA_VISUALIZATION = shape(
    {
        "title": string(50),
        "chart": by_type(
            {
                "pie": shape({"segments": array(_POINT, 6)}),
                "bar": _LINES,
                "line": _LINES,
                "area": _LINES,
            }
        ),
    },
    NAMED,
)
_SOURCE = by_type({"url": shape({"url": URL, "text": string(255)})})
TASK_CARD = shape(
    {"task_id": ID, "title": string(3000)},
    {
        **NAMED,
        "status": one_of("pending", "in_progress", "complete", "error"),
        "details": ONLY_RICH_TEXT,
        "output": ONLY_RICH_TEXT,
        "sources": array(_SOURCE, 100),
    },
)
PLAN = shape(
    {"title": string(3000)}, {**NAMED, "tasks": array(by_type({"task_card": TASK_CARD}), 50)}
)


def container(children: Check) -> Check:
    """A container of at most ten of these blocks."""
    return at_least_one(
        ("title", "rich_text_title"),
        shape(
            {"child_blocks": array(children, 10)},
            {
                **NAMED,
                "title": plain(150),
                "rich_text_title": ONLY_RICH_TEXT,
                "subtitle": text(150),
                "width": one_of("narrow", "standard", "wide", "full"),
                "icon": _PICTURE,
                "is_collapsible": boolean,
                "default_collapsed": boolean,
                "has_header_divider": boolean,
            },
        ),
    )
