"""What the bot is put through: kills, power cuts, bad weather, odd hours, garbage. No test suite.

`make torture` runs all of it and prints one table; a slice of it runs with the tests.
"""
