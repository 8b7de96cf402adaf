"""The audit's chain in words: what the system page says of it, and what operators are told of their own accord."""

from bot.clock import from_utc_text
from bot.dates import local, show_day
from bot.message import Message
from bot.text import Text, bold, code, lines
from storage.audit import Checked, Head, LastCheck

MOST_NAMED = 10


def chain_lines(head: Head | None, last: LastCheck | None, zone: str) -> list[str | Text]:
    """Say since when the chain is whole, when that was looked at, and what its head is."""
    if head is None:
        return ["Catatan tindakan: belum ada"]
    return [_whole(head, last, zone), Text.of("Kepala catatan: ") + code(head.shown)]


def _whole(head: Head, last: LastCheck | None, zone: str) -> str:
    if last is None:
        return f"Catatan tindakan: {head.id} baris, belum diperiksa"
    looked = f"diperiksa {show_day(local(from_utc_text(last.at), zone).date())}"
    if last.broken:
        return f"⚠️ Catatan tindakan tidak utuh di {_named(last.broken)}, {looked}"
    since = f" sejak {show_day(local(from_utc_text(last.whole_since), zone).date())}" if last.whole_since else ""
    return f"Catatan tindakan: {head.id} baris, utuh{since}, {looked}"


def compose_broken(found: Checked) -> Message:
    """Write that the chain is broken, and what to do now."""
    return Message(
        lines(
            [
                bold("⚠️ Catatan tindakan tidak utuh"),
                f"Putus di {_named(found.broken)}: ada yang diubah, dihapus, disisipkan, atau ditukar di luar bot.",
                "Mohon jangan ubah apa pun di komputer server. Buat cadangan (python -m bot backup), simpan di tempat "
                "lain, dan laporkan kepada pimpinan. Siapa saja yang datanya tersentuh: /sistem, Jejak data.",
            ]
        )
    )


def compose_head(head: Head) -> Message:
    """Write last week's head."""
    return Message(
        lines(
            [
                Text.of("Kepala catatan tindakan minggu lalu: ") + code(head.shown),
                "Tidak perlu dijawab. Selama pesan ini tersimpan, catatan sampai hari itu tidak bisa ditulis ulang "
                "tanpa ketahuan.",
            ]
        )
    )


def _named(broken: tuple[int, ...]) -> str:
    named = ", ".join(f"no. {one}" for one in broken[:MOST_NAMED])
    return f"baris {named}" + (f" dan {len(broken) - MOST_NAMED} lagi" if len(broken) > MOST_NAMED else "")
