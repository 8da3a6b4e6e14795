"""An upload on its way to its place: weighed, hashed and recognised in one reading.

Files lie under the SHA-256 of their content in the folder of their sheet. They are written before the row that
names them is committed, so a process killed in between leaves at worst a file that nobody knows.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from assessments.filetypes import ALLOWED, BY_MEDIA_TYPE, FileType, NotAllowed, recognise
from assessments.filetypes.kinds import other
from assessments.workflow import Refusal


class Unusable(Refusal):
    """What was entered can't be taken; `field` names the one to mend."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Received:
    path: Path
    sha256: str
    size: int
    type: FileType

    def keep(self, name: str) -> None:
        """Put the file in its place at once or not at all; the same content once more does no harm."""
        place = Path(default_storage.path(name))
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(self.path, place)


@contextmanager
def received(
    upload: UploadedFile,
    *,
    taken: Collection[FileType] = tuple(BY_MEDIA_TYPE.values()),
    allowed: str = ALLOWED,
) -> Iterator[Received]:
    """The upload in a file of our own beside its final place, weighed, hashed and recognised in one go.

    `allowed` names in words which types are `taken`.
    """
    folder = Path(default_storage.path("arriving"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    descriptor, name = tempfile.mkstemp(dir=folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            for chunk in upload.chunks():
                size += len(chunk)
                if size > settings.EVIDENCE_MAX_BYTES:
                    raise Unusable("file", too_large())
                hashed.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            kind = recognise(file)
            if kind not in taken:
                raise other()
        yield Received(path, hashed.hexdigest(), size, kind)
    except NotAllowed as refused:
        raise Unusable("file", refused.told(allowed)) from None
    finally:
        path.unlink(missing_ok=True)


def too_large() -> str:
    limit = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
    return f"Tệp lớn hơn {limit} MB. Hãy giảm dung lượng (quét lại ở độ phân giải thấp hơn) hoặc chia thành nhiều tệp."
