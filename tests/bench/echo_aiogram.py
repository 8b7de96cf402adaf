"""A bare echo bot on aiogram, as its documentation has it, on uvloop."""

import sys

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message: Message) -> None:
    await message.answer(message.text or "")


async def main(url: str, token: str) -> None:
    """Echo until killed."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    await dispatcher.start_polling(Bot(token, session=session))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))
