"""A bare echo bot on python-telegram-bot, as its documentation has it, with 64 updates at a time."""

import sys

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

AT_ONCE = 64


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    assert update.message.text is not None
    await update.message.reply_text(update.message.text)


def main(url: str, token: str) -> None:
    """Echo until killed."""
    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot").concurrent_updates(AT_ONCE)
    application = builder.connection_pool_size(AT_ONCE).pool_timeout(60).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
