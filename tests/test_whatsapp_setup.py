"""Setting WhatsApp up: half-set settings, what `check` finds, handing in templates, and deep links."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import templates as ours
from bot.__main__ import cli
from bot.channels.whatsapp_calls import to_review
from bot.deep_links import DeepLinks, whatsapp_link
from bot.settings import Settings, SettingsWrong, read_settings
from bot.template_reviews import broken
from bot.templates import Template, Templates, templates
from bot.whatsapp_checks import check_whatsapp
from storage.database import Database
from tests.fakes import graph_rules
from tests.fakes.graph_api import BUSINESS_ID, NUMBER_ID, SECRET, TOKEN, VERIFY, FakeGraphApi

WHOLE = {
    "WHATSAPP_TOKEN": TOKEN,
    "WHATSAPP_PHONE_ID": NUMBER_ID,
    "WHATSAPP_BUSINESS_ID": BUSINESS_ID,
    "WHATSAPP_APP_SECRET": SECRET,
    "WHATSAPP_VERIFY_TOKEN": VERIFY,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder of its own, without settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    mask = os.umask(0o022)
    yield tmp_path
    os.umask(mask)


@pytest.fixture
async def api() -> AsyncIterator[FakeGraphApi]:
    async with FakeGraphApi() as api:
        yield api


def settings(**more: str) -> Settings:
    lines = {"DATA_DIR": "data", "OFFICE_NAME": "Dinas Sosial Langkat", **WHOLE, **more}
    Path(".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    Path(".env").chmod(0o600)
    return read_settings()


async def bot(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, list(words))


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "WHATSAPP_TOKEN"])
def test_a_half_set_channel_is_refused(name: str) -> None:
    """Without its secrets anybody could speak for WhatsApp: each that is missing is named, and no value repeated."""
    with pytest.raises(SettingsWrong) as why:
        settings(**{name: ""})
    assert str(why.value) == f"WHATSAPP_TOKEN is set, so these must be: {name}"


@pytest.mark.parametrize(
    ("name", "value"),
    [("WHATSAPP_APP_SECRET", "short"), ("WHATSAPP_VERIFY_TOKEN", "x"), ("WHATSAPP_PHONE_ID", "+6281100001111")],
)
def test_a_setting_of_the_wrong_shape_is_named(name: str, value: str) -> None:
    """A number where its id belongs, or a secret cut off when it was copied."""
    with pytest.raises(SettingsWrong) as why:
        settings(**{name: value})
    assert str(why.value).startswith(f"{name}: ")
    assert value not in str(why.value)


async def test_check_says_what_to_do(api: FakeGraphApi) -> None:
    """Each thing that is not set up has its line with the step of the guide; what is good says so."""
    found = [one.says for one in await check_whatsapp(settings(WHATSAPP_API_URL=api.url))]
    assert found[0] == "whatsapp: the token is good, number +6281100001111"
    assert found[1:3] == ["whatsapp: the clock agrees", "whatsapp: the app hears the business account"]
    assert found[3].startswith("whatsapp: not approved: undangan kegiatan, perubahan,")
    assert found[3].endswith("run: python -m bot whatsapp templates")
    assert found[4].startswith("whatsapp: PUBLIC_URL must be an https address that Meta can reach;")
    for one in templates().every:
        api.templates[one.name] = to_review(one) | {"status": "APPROVED"}
    api.subscribed = False
    there = settings(WHATSAPP_API_URL=api.url, PUBLIC_URL="https://127.0.0.1:9")
    lines = {one.says: one.ok for one in await check_whatsapp(there)}
    assert lines["whatsapp: all 5 templates are approved"]
    assert not lines["whatsapp: no app hears the business account; see docs/panduan-whatsapp.md, langkah 5"]
    assert [says for says in lines if "does not answer as the webhook" in says and "is the bot running?" in says]


async def test_check_sees_a_wrong_token_and_a_dead_address(api: FakeGraphApi) -> None:
    """One line, and nothing of the token in it."""
    (wrong,) = await check_whatsapp(settings(WHATSAPP_API_URL=api.url, WHATSAPP_TOKEN="EAAwrong"))
    assert wrong.says == (
        "whatsapp: refuses WHATSAPP_TOKEN for WHATSAPP_PHONE_ID; see docs/panduan-whatsapp.md, langkah 3"
    )
    (dead,) = await check_whatsapp(settings(WHATSAPP_API_URL="http://127.0.0.1:9"))
    assert dead.says == "whatsapp: http://127.0.0.1:9 cannot be reached"


async def test_templates_are_handed_in_once_and_then_followed(api: FakeGraphApi) -> None:
    """The first time they are made, then their states are shown and kept; all of them fit the other side's rules."""
    settings(WHATSAPP_API_URL=api.url)
    looked = await bot("whatsapp", "templates", "--look")
    assert (looked.exit_code, looked.output.count("not handed in"), api.templates) == (1, 5, {})
    made = await bot("whatsapp", "templates")
    assert (made.exit_code, made.output.count("waits for Meta's review")) == (0, 5)
    assert "5 handed in." in made.output
    api.approve_all()
    api.templates["pkh_pengingat_1"]["status"] = "REJECTED"
    again = await bot("whatsapp", "templates")
    assert (again.exit_code, again.output.count("approved"), "handed in." in again.output) == (1, 4, False)
    assert "✗ pkh_pengingat_1 (pengingat): rejected: change its text in bot/templates.toml" in again.output
    database = await Database.open(Path("data") / "pkh.sqlite3")
    states = "SELECT state, count(*) FROM templates GROUP BY state"
    assert await database.read(lambda db: [tuple(row) for row in db.execute(states)]) == [
        ("APPROVED", 4),
        ("REJECTED", 1),
    ]
    await database.close()


async def test_templates_without_whatsapp_or_with_a_wrong_token(api: FakeGraphApi) -> None:
    """One clear line and exit 2."""
    settings(**dict.fromkeys(WHOLE, ""))
    assert (await bot("whatsapp", "templates", "--help")).exit_code == 0
    off = await bot("whatsapp", "templates")
    assert (off.exit_code, off.output.strip()) == (
        2,
        "WHATSAPP_TOKEN is not set: see docs/panduan-whatsapp.md, langkah 3",
    )
    settings(WHATSAPP_API_URL=api.url, WHATSAPP_TOKEN="EAAwrong")
    wrong = await bot("whatsapp", "templates")
    assert wrong.exit_code == 2
    assert "WhatsApp refuses: token (190); see docs/panduan-whatsapp.md, langkah 3" in wrong.output
    settings(WHATSAPP_API_URL="http://127.0.0.1:9")
    dead = await bot("whatsapp", "templates")
    assert dead.exit_code == 2
    assert "http://127.0.0.1:9 cannot be reached" in dead.output


def test_the_templates_are_as_whatsapp_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file keeps the limits, by our own check and by the fake's; one that breaks them is named."""
    assert list(broken()) == []
    for one in templates().every:
        graph_rules.check_template(to_review(one))
    bad = (
        Template("Nama Besar", "x", "Isi {{1}} habis", "contoh", ("*",)),
        Template("a", "x", "{{1}} di depan", "contoh", ("*",)),
        Template("b", "x", "tanpa isian", "contoh", ("*",)),
        Template("c", "x", "panjang " * 80 + "{{1}} ya", "contoh", ("*",)),
        Template("d", "x", "Isi {{1}} habis", "dua\nbaris", ("*",)),
    )
    monkeypatch.setattr("bot.template_reviews.templates", lambda: Templates("id", "UTILITY", "x" * 26, 600, bad))
    wrong = list(broken())
    assert [line.partition(":")[0] for line in wrong] == ["Nama Besar", "a", "b", "c", "d", "button"]
    assert ours.templates().button == "Baca selengkapnya"


def test_deep_links_on_each_channel() -> None:
    """Telegram carries the payload unseen; on WhatsApp people send words, which they may read and type as well."""
    assert whatsapp_link("6281100001111", "h_K7M2P") == "https://wa.me/6281100001111?text=HADIR%20K7M2P"
    assert whatsapp_link("6281100001111", "u_0a1b") == "https://wa.me/6281100001111?text=KLAIM%200a1b"
    assert whatsapp_link("6281100001111", "c_K7M2PXQ4") == "https://wa.me/6281100001111?text=PERIKSA%20K7M2PXQ4"
    assert whatsapp_link("6281100001111", "k_7") == "https://wa.me/6281100001111?text=/start%20k_7"
    links = DeepLinks()
    assert (links.link("h_x"), links.links("h_x")) == ("", {})
    links.names["whatsapp"] = "6281100001111"
    assert links.link("h_x") == "https://wa.me/6281100001111?text=HADIR%20x"
    links.names["telegram"] = "langkat_bot"
    assert links.link("h_x") == "https://t.me/langkat_bot?start=h_x"
    assert list(links.links("h_x")) == ["telegram", "whatsapp"]
