"""The forecast: what a sending costs on WhatsApp by the office's own price, and whether it passes the ceiling."""

from dataclasses import dataclass

from bot.chat import Reader
from handlers.making_sure import sure_of
from storage import costs
from storage.reach import Reach


@dataclass(frozen=True, slots=True)
class Forecast:
    """Billable messages that a sending adds to those of this month; `price` in rupiah, None where none is set."""

    messages: int
    before: int
    price: int | None
    ceiling: int | None

    @property
    def is_over(self) -> bool:
        """Whether the office's ceiling would be passed."""
        return self.messages > 0 and self.ceiling is not None and self.before + self.messages > self.ceiling

    def sure(self, people: int) -> tuple[str, str] | None:
        """Return what must be typed, as `sure_of` does; whatever passes the ceiling is asked about, however few."""
        if not self.is_over:
            return sure_of(people)
        return f"KIRIM {people}", f"Melewati batas biaya bulan ini. Ketik KIRIM {people} kalau tetap dikirim."

    def __str__(self) -> str:
        """Write "Perkiraan biaya WhatsApp: paling sedikit 9 pesan, Rp 3.600."; '' where nothing is billed."""
        if not self.messages:
            return ""
        cost = f", {rupiah(self.messages * self.price)}" if self.price else ""
        line = f"Perkiraan biaya WhatsApp: paling sedikit {self.messages} pesan{cost}."
        if not self.is_over:
            return line
        return f"{line} ⚠️ Bulan ini sudah {self.before}, batas kantor {self.ceiling}."


async def ask_forecast(read: Reader, reached: Reach, month: str, pieces: int = 1) -> Forecast:
    """Look up what a sending of so many messages to each would cost; `month` is any moment of it, UTC text."""
    before = sum((await read(costs.billed, month)).values())
    return Forecast(reached.billed * pieces, before, await read(costs.price), await read(costs.ceiling))


def rupiah(amount: int) -> str:
    """Write "Rp 3.600"."""
    return f"Rp {amount:,}".replace(",", ".")
