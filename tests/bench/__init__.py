"""The benchmark: how fast the bot is, beside bare bots of two libraries; `python -m tests.bench --help`."""
