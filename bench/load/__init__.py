"""What the bot bears: `python -m bench.load`; all of it with `--seconds 60 --rows 1000000`."""
