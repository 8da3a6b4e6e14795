"""Word and Excel files before 2007: OLE compound files, told apart by the streams in their root."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from assessments.filetypes import kinds
from assessments.filetypes.kinds import DOC, XLS, FileType

_MAIN_STREAMS = {"worddocument": DOC, "workbook": XLS, "book": XLS}
_MACROS = {"_vba_project", "_vba_project_cur", "macros"}
_REGULAR_END = 0xFFFFFFFA  # sector numbers from here up are marks
_NO_ENTRY = 0xFFFFFFFF
_STREAM = 2
_SMALL = 4096  # shorter streams live inside another one


def read_compound(file: BinaryIO) -> FileType:
    try:
        directory = _Directory(file)
        found = {_MAIN_STREAMS[name] for name in _MAIN_STREAMS.keys() & directory.root.keys()}
        if "encryptedpackage" in directory.root:
            raise kinds.locked()
        if len(found) > 1:
            raise kinds.mixed()
        if not found:
            raise kinds.other()
        if _MACROS & directory.names:
            raise kinds.macros()
        for name in _MAIN_STREAMS.keys() & directory.root.keys():
            directory.check(name)
        return found.pop()
    except (struct.error, LookupError, UnicodeError):
        raise kinds.damaged("Word, Excel") from None


class _Directory:
    """A small file system: sectors chained by a table, and a tree of named entries in one such chain.

    Raises LookupError or struct.error where the file breaks off or contradicts itself. Never reads a sector
    more often than its table has entries.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, io.SEEK_END)
        file.seek(0)
        header = file.read(512)
        shift, start = struct.unpack("<30xH16xI", header[:52])
        if shift not in {9, 12}:
            raise LookupError
        self.sector = 1 << shift
        self.table = list(self._table(header))
        entries = b"".join(self._chain(start))
        self.entries = [entries[at : at + 128] for at in range(0, len(entries) - 127, 128)]
        self.names = {_name(entry) for entry in self.entries if entry[66]}
        self.root = self._root()

    def check(self, name: str) -> None:
        """LookupError unless the stream of that name in the root is there to its end."""
        entry = self.root[name]
        first, length = struct.unpack("<II", entry[116:124])
        if entry[66] != _STREAM:
            raise LookupError
        if length >= _SMALL and sum(map(len, self._chain(first))) < length:
            raise LookupError

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self.sector
        if number >= _REGULAR_END or at >= self.size:
            raise LookupError
        self.file.seek(at)
        return self.file.read(self.sector)

    def _table(self, header: bytes) -> Iterator[int]:
        listed = list(struct.unpack("<109I", header[76:512]))
        following, further = struct.unpack("<II", header[68:76])
        form, most = f"<{self.sector // 4}I", self.size // self.sector
        for _ in range(min(further, most)):
            if following >= _REGULAR_END:
                break
            *more, following = struct.unpack(form, self._sector(following))
            listed += more
        known = [number for number in listed if number < _REGULAR_END]
        # A table of more entries than the file has sectors lists some of them twice.
        for number in known[: most * 4 // self.sector + 1]:
            yield from struct.unpack(form, self._sector(number))

    def _chain(self, number: int) -> Iterator[bytes]:
        for _ in range(len(self.table) + 1):
            if number >= _REGULAR_END:
                return
            yield self._sector(number)
            number = self.table[number]
        raise LookupError  # it bites its own tail

    def _root(self) -> dict[str, bytes]:
        """The entries right under the root; embedded objects bring streams of the same names further down."""
        found: dict[str, bytes] = {}
        waiting, seen = [struct.unpack("<I", self.entries[0][76:80])[0]], set()
        while waiting:
            number = waiting.pop()
            if number == _NO_ENTRY or number in seen:
                continue
            seen.add(number)
            entry = self.entries[number]
            found[_name(entry)] = entry
            waiting += struct.unpack("<II", entry[68:76])  # its neighbours in the tree of this storage
        return found


def _name(entry: bytes) -> str:
    length = struct.unpack("<H", entry[64:66])[0]
    return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le").lower()
