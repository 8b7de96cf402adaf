"""Where somebody checked in, if the office asks: how far from the place, in three bands; the point is not kept."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.message import Choice, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text
from storage import check_ins
from storage.check_in_rules import Rules
from storage.events import Event

EARTH = 6_371_000  # metres
BANDS = ((200, "near"), (2000, "around"))  # metres up to which, and the word that is kept
SAID = {"near": "di tempat kegiatan", "around": "di sekitar tempat kegiatan", "far": "jauh dari tempat kegiatan"}
ASKS = "Boleh bagikan lokasi? Yang disimpan hanya jauh dekatnya dari tempat kegiatan, bukan titiknya."
FORWARDED = "Itu lokasi yang diteruskan. Mohon kirim lokasi Bapak/Ibu sendiri, atau Lewati."
NOT_ASKED = "Lokasi itu tidak sedang diminta, jadi tidak disimpan."


@dataclass(frozen=True, slots=True)
class Point:
    """Where a phone says that it is, in degrees; nothing in it is ever stored."""

    latitude: float
    longitude: float


def ask_where(tx: Settling, event: Event, rules: Rules) -> None:
    """Ask for the location where the event wants it and has a place on the map; nothing waits for the answer.

    A location that is sent then opens the dialog behind the card's button, as the engine's routes have it.
    """
    if rules.location and event.latitude is not None:
        skip: tuple[Choice, ...] = (action("lokasi", "lewati", "Lewati"),)
        tx.say(Message(Text.of(ASKS), skip, ask="location"))


async def read_point(chat: Chat, read: Reader) -> Point | None:
    """Return the point; None when the person would rather not say."""
    if chat.arg == "lewati":
        return None
    latitude, _, longitude = chat.arg.partition(",")
    if not longitude:
        raise Refused(FORWARDED)
    return Point(float(latitude), float(longitude))


def save(tx: Settling, point: Point | None) -> None:
    """Keep how far it is from the place of the check-in that was asked about."""
    if point is None:
        tx.say("Baik, tanpa lokasi.")
        return
    asked = check_ins.last_without_distance(tx.db, tx.me.id, tx.today.isoformat())
    if asked is None:
        tx.say(NOT_ASKED)
        return
    slot_id, latitude, longitude = asked
    far = band(metres(point, Point(latitude, longitude)))
    check_ins.note_distance(tx.db, slot_id, tx.me.id, far)
    tx.say(f"Terima kasih, tercatat {SAID[far]}. Titiknya tidak disimpan.")


def metres(one: Point, other: Point) -> float:
    """Return how far two points are from each other on the globe."""
    up, across = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    half = sin(up / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(across / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def band(distance: float) -> str:
    """Return the word for a distance in metres."""
    return next((word for most, word in BANDS if distance <= most), "far")


WHERE = Dialog("lokasi", "Lokasi absen", read_point, save, EVERYONE, forgets=True)
