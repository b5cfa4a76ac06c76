"""Tests of `bot.forges.gitlab`."""
