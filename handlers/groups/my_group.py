"""Which group is meant, and whether it is this facilitator's own."""

from bot.chat import Chat, Reader, Refused
from bot.routes import action
from bot.settling import Settling
from storage import groups
from storage.groups import Group

FACILITATORS = frozenset({"facilitator"})
GONE = "Kelompok itu sudah ditutup atau bukan dampingan Bapak/Ibu. Lihat daftarnya di /kelompok."
NONE_YET = "Belum ada kelompok. Tambahkan dulu kelompok dampingan Bapak/Ibu: nama, desa, dan jumlah anggotanya."
ADD = action("kelompok", "tambah", "Tambah kelompok")


def title_of(group: Group) -> str:
    """Name a group as letters do."""
    return f"Kelompok {group.name}, Desa {group.village}"


async def my_group(chat: Chat, read: Reader, group_id: int) -> Group:
    """Read a group in use of this facilitator. Raises Refused where it is not."""
    found = await read(groups.group, group_id)
    if found is None or not found.active or found.person_id != chat.me.id:
        raise Refused(GONE)
    return found


def still_mine(tx: Settling, group_id: int) -> Group:
    """Read a group again where it is to be written. Raises Refused where it is this facilitator's no more."""
    found = groups.group(tx.db, group_id)
    if found is None or not found.active or found.person_id != tx.me.id:
        raise Refused(GONE)
    return found
