"""Files that people send and fetch."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import FileResponse, HttpResponse


class LimitedUpload(FileUploadHandler):
    """Lets nothing larger than evidence may be through to memory or disk; the other fields arrive."""

    exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.EVIDENCE_MAX_BYTES:
            self.exceeded = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def file_answer(
    content: bytes | memoryview, name: str, media_type: str, *, inline: bool = False
) -> HttpResponse:
    """A file of ours, under a name that needs no quoting; nobody keeps it on the way."""
    how = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(bytes(content), content_type=media_type, headers=headers)


def guarded(response: FileResponse) -> FileResponse:
    """Nothing in it runs, nobody keeps it on the way, and its length stays known."""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # Without this GZipMiddleware would pack again what is packed, and drop the length a slow line counts by.
    response["Content-Encoding"] = "identity"
    return response
