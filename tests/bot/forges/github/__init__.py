"""Tests of `bot.forges.github`."""
