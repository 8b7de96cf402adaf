"""Making sure: whoever sends something to many people types how many they are."""

MANY = 50


def sure_of(people: int) -> tuple[str, str] | None:
    """Return the phrase to type and the words that ask for it, for `Chat.confirm`; None up to MANY people."""
    phrase = f"KIRIM {people}"
    return (phrase, f"Lebih dari {MANY} penerima. Ketik {phrase} untuk memastikan.") if people > MANY else None
