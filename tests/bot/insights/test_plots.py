"""Plots: for pages an image in either theme, for Slack one picture of all."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from bot.insights.plots import PLOTS, THEMES, render_picture, render_plot
from routing.hindsight.cases import Case
from tests.builders import NOW
from tests.weeks import gain_insights

CASES = [Case(NOW, who, answered=NOW + timedelta(hours=2), asked=tuple("abcde")) for who in "abcde"]
WEEKS = gain_insights(CASES, date(2026, 11, 9), 2).weeks


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_an_image_in_its_themes_colours(name: str, theme: str) -> None:
    drawn = render_plot(name, WEEKS, theme)
    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - drawn by ourselves
    assert THEMES[theme].text in drawn
    assert "11-16" in drawn


def test_the_picture_for_slack_is_the_same_png_whenever_it_is_drawn() -> None:
    drawn = render_picture(WEEKS)
    assert drawn.startswith(b"\x89PNG")
    assert render_picture(WEEKS) == drawn
