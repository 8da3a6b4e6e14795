"""Vietnamese letters for searching and sorting, which neither database does right without help."""

import re
import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: index for index, letter in enumerate(_LETTERS)}
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng; no mark comes first
_SHAPES = "\u0306\u0302\u031b"  # ă, â, ơ: a different letter, not a tone


def fold(text: str) -> str:
    """Lower case without any mark, for searching: "Đặng Văn Ế" becomes "dang van e"."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def continued(text: str) -> str:
    """A sentence that goes on behind a semicolon; names and abbreviations keep their capitals."""
    word, _, following = text.partition(" ")
    is_name = following[:1].isupper() or any(letter.isupper() or letter.isdigit() for letter in word[1:])
    return text if is_name else text[:1].lower() + text[1:]


def sort_key(text: str) -> str:
    """A string whose plain comparison is Vietnamese dictionary order; numbers compare by value."""
    letters: list[str] = []
    tones: list[str] = []
    padded = re.sub(r"[0-9]+", lambda run: run.group().zfill(8), " ".join(text.casefold().split()))
    for char in unicodedata.normalize("NFC", padded):
        parts = unicodedata.normalize("NFD", char)
        tone = next((mark for mark in parts if mark in _TONES), "")
        letter = unicodedata.normalize("NFC", "".join(p for p in parts if p not in _TONES))
        letters.append(
            chr(ord("A") + _RANK[letter]) if letter in _RANK else f" {char}" if char != " " else " "
        )
        tones.append(str(_TONES.index(tone) + 1) if tone else "0")
    return "".join(letters) + "\t" + "".join(tones)
