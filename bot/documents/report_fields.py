"""What a Word template of the RHK 2 report may ask for, and the guard that lets it do nothing else."""

from dataclasses import dataclass, fields
from typing import Any

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment


@dataclass(frozen=True, slots=True)
class ReportFields:
    """All that stands in a report, in words; the names are those that people write in the template."""

    kantor: str
    kop: str  # the letterhead's lines; '' where it is a picture
    judul: str
    kelompok: str
    desa: str
    kecamatan: str
    pendamping: str
    jabatan: str
    hari_tanggal: str
    bulan: str
    pukul: str
    tempat: str
    modul: str  # '' of Materi Tambahan
    sesi: str  # '' of Materi Tambahan
    materi: str
    peserta: str
    jumlah_anggota: int
    hadir: int
    sakit: int
    izin: int
    alpa: int
    persen_hadir: int
    gambaran_umum: str
    maksud_tujuan: str
    ruang_lingkup: str
    dasar: str
    kegiatan: str
    hasil: str
    kendala: str
    tindak_lanjut: str
    kesimpulan: str
    saran: str
    penutup: str
    kota: str
    tanggal_laporan: str
    penandatangan_jabatan: str
    penandatangan_nama: str
    penandatangan_pangkat: str
    penandatangan_nip: str


PICTURED = ("kop_gambar", "foto")
"""The letterhead's picture, and the rows of photos: each has `kiri` and `kanan`."""

KNOWN = frozenset({*(one.name for one in fields(ReportFields)), *PICTURED})
PARTS = frozenset({"kiri", "kanan"})  # of a row of photos

# A template is the office's text, but it came through a chat: it may show and repeat, and call nothing.
_ALLOWED: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const),
    *(nodes.If, nodes.For, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand),
)


class NotATemplate(Exception):
    """The file cannot serve as a template; the text says why and what to do, for the person who sent it."""


class PlainFields(SandboxedEnvironment):
    """Compiles what shows, repeats and chooses among the known fields; `unknown` collects the other names it met."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.asked: set[str] = set()
        self.unknown: set[str] = set()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        try:
            tree = super()._parse(source, name, filename)
        except TemplateSyntaxError as why:
            raise NotATemplate(
                "Ada isian yang tidak lengkap di templat itu. Tulis setiap isian seperti {{ kelompok }}, "
                "lalu kirim lagi."
            ) from why
        _check(tree, inside=False)
        asked = meta.find_undeclared_variables(tree)
        self.asked |= asked
        self.unknown |= asked - KNOWN
        self.unknown |= {one.attr for one in tree.find_all(nodes.Getattr)} - PARTS
        return tree


def _check(node: nodes.Node, *, inside: bool) -> None:
    if not isinstance(node, _ALLOWED):
        raise NotATemplate(
            "Templat itu memuat perintah yang tidak dipakai di sini. Pakai isian biasa saja, seperti {{ kelompok }}."
        )
    if isinstance(node, nodes.For):
        if inside or not isinstance(node.iter, nodes.Name) or node.iter.name != "foto" or node.recursive:
            raise NotATemplate("Di templat, yang boleh diulang hanya foto, dan tidak di dalam ulangan lain.")
        inside = True
    for child in node.iter_child_nodes():
        _check(child, inside=inside)


def context_of(fields_: ReportFields) -> dict[str, Any]:
    """Return the fields by name, as a template reads them."""
    return {one.name: getattr(fields_, one.name) for one in fields(ReportFields)}
