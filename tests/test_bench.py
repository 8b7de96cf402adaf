"""The benchmark's own parts: its server reads every bot's calls, and its broadcast keeps to Telegram's pace."""

import asyncio
import json
from typing import Any

import pytest

from tests.bench.dialogs import turns
from tests.bench.pace import paced
from tests.bench.server import FIRST_UPDATE, FREE, Api, read_call


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"chat_id": 7, "text": "Tercatat hadir, No. 1 ✅"}),
        "chat_id=7&text=Tercatat+hadir%2C+No.+1+%E2%9C%85&parse_mode=HTML",
        '--b\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n7\r\n'
        '--b\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
        "Tercatat hadir, No. 1 ✅\r\n--b--\r\n",
    ],
    ids=["json", "form", "multipart"],
)
def test_the_server_reads_a_call_in_every_encoding(body: str) -> None:
    """Ours sends JSON, python-telegram-bot a form, aiogram parts."""
    assert read_call(body.encode()) == (7, "Tercatat hadir, No. 1 ✅")


def test_the_server_hands_out_each_update_until_it_is_confirmed() -> None:
    """A hundred at a time, again and again until the offset passes them."""
    api, answers = Api(), []
    api.load(150, "halo", 0.0)
    for offset in (FIRST_UPDATE, FIRST_UPDATE, FIRST_UPDATE + 100):
        api.answer(b"getUpdates", b'{"offset": %d}' % offset, lambda payload: answers.append(json.loads(payload)))
    first, again, second = ([one["update_id"] for one in answer["result"]] for answer in answers)
    assert first == again == list(range(FIRST_UPDATE, FIRST_UPDATE + 100))
    assert second == list(range(FIRST_UPDATE + 100, FIRST_UPDATE + 150))


def test_the_server_refuses_who_is_too_fast() -> None:
    """It takes as many within a second as it bears, and no more."""
    api, answers = Api(), []
    api.load(0, "halo", 0.0, free=FREE)
    for number in range(FREE + 2):
        call = b'{"chat_id": %d, "text": "Halo"}' % number
        api.answer(b"sendMessage", call, lambda payload: answers.append(json.loads(payload)))
    assert [one["ok"] for one in answers] == [True] * FREE + [False] * 2
    assert (answers[-1]["error_code"], api.refused, len(api.accepted)) == (429, 2, FREE)


async def test_the_server_lets_people_write_one_after_the_other() -> None:
    """Whoever polls has each letter when it is written, and the server knows when that was."""
    api, answers = Api(), asyncio.Queue[Any]()
    api.load(0, "halo", 0.0)
    api.ask([7, 9], "/menu", every=0.001)
    for offset in (FIRST_UPDATE, FIRST_UPDATE + 1):
        api.answer(b"getUpdates", b'{"offset": %d}' % offset, lambda payload: answers.put_nowait(json.loads(payload)))
        (letter,) = (await answers.get())["result"]
        assert (letter["message"]["text"], letter["update_id"]) == ("/menu", offset)
    (first, seven), (second, nine) = api.asked
    assert (seven, nine) == (7, 9)
    assert api.loaded_at <= first < second


async def test_a_broadcast_keeps_to_the_pace_and_lets_replies_pass() -> None:
    """Not one 429, the whole rate used, and nobody who asks meanwhile waits for the broadcast."""
    ran = await paced(250, lambda done, of: None)
    assert (ran.messages, ran.refusals) == (250, 0)
    assert ran.share >= 0.95  # over ten seconds; the whole proof takes 35,000
    assert ran.p99 <= 2


async def test_a_long_dialog_is_gone_through_to_its_end() -> None:
    """What the benchmark measures happens: sixty answers are taken, one by one."""
    assert len(await turns(1)) == 60
