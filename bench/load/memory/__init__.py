"""The bot's memory over a hundred thousand events: `python -m bench.load --only memory`."""
