"""The office's record of processing: every table, what it is for, and what becomes of a person's part when erased."""

from collections.abc import Iterator

from storage.erasure_map import TABLES

FATES = {
    "own": "dihapus atau dikosongkan pada baris orangnya",
    "words": "nama dan nomornya diganti di semua tulisan",
    "copies": "salinan pesannya dikosongkan, namanya diganti di pesan orang lain",
    "person": "tinggal nomor, yang menunjuk ke “Petugas #…”",
    "kept": "tetap",
}


def data_map() -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield "| Tabel | Untuk apa | Saat orangnya dihapus |"
    yield "|---|---|---|"
    for name, table in TABLES.items():
        columns: dict[str, list[str]] = {}
        for column, fate in table.columns():
            columns.setdefault(fate, []).append(column)
        said = "; ".join(f"{words}: {', '.join(columns[fate])}" for fate, words in FATES.items() if fate in columns)
        yield f"| {name} | {table.purpose} | {said} |"
