"""Packing a zip archive so that equal content gives equal bytes, whenever it is packed."""

import io
import zipfile
from collections.abc import Iterable

_PACKED_AT = (1980, 1, 1, 0, 0, 0)


def pack(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack (name, content) in the order given; photos, which are compressed already, are only stored."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name, _PACKED_AT)
            member.compress_type = zipfile.ZIP_STORED if content[:2] == b"\xff\xd8" else zipfile.ZIP_DEFLATED
            member.create_system = 0
            archive.writestr(member, content)
    return packed.getvalue()


def members_of(archive: bytes) -> list[tuple[str, bytes]]:
    """Return what an archive of our own holds, in its order."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        return [(name, packed.read(name)) for name in packed.namelist()]
