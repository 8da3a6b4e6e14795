"""One archive with the database and the files it speaks of, consistent with each other.

The database is copied first, in one snapshot; evidence and signed papers are stored under their own hash and
never change, so whatever the snapshot names is still there afterwards. The archive is a tar file:

    manifest.json    what it is, and the SHA-256 of everything else
    database         SQLite: a copy of the file; PostgreSQL: what pg_dump writes as SQL
    evidence/…       the files, under their paths
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from accounts.models import User
from assessments.models import Evidence
from reports.models import SignedCopy

FORMAT = 1
DATABASE = "database"
EVIDENCE = "evidence"
KEEPERS = (Evidence, SignedCopy)  # whose rows name files there, each with its SHA-256
_CHUNK = 1024 * 1024


class BackupError(Exception):
    """Said to the operator as it stands."""


@dataclass
class Manifest:
    engine: str
    made_at: str
    database_sha256: str
    evidence: dict[str, str] = field(default_factory=dict)  # path below the evidence directory → SHA-256
    format: int = FORMAT


@dataclass(frozen=True)
class Report:
    files: int
    damaged: list[str]  # evidence the database names that is missing or is not what was uploaded


def back_up(archive: Path, *, now: datetime) -> Report:
    """Write `archive`; it appears under its name only when it is complete.

    Damaged evidence is reported and does not keep the rest from being saved.
    """
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".backup-") as scratch:
        copy = Path(scratch) / DATABASE
        named = _dump_sqlite(copy) if connection.vendor == "sqlite" else _dump_postgresql(copy)
        manifest = Manifest(connection.vendor, now.isoformat(), sha256(copy))
        unfinished = Path(scratch) / "archive"
        with tarfile.open(unfinished, "w") as tar:
            tar.add(copy, DATABASE)
            for path in sorted(_files(evidence_dir())):
                name = path.relative_to(evidence_dir()).as_posix()
                manifest.evidence[name] = _add(tar, path, f"{EVIDENCE}/{name}")
            text = json.dumps(asdict(manifest), indent=1).encode()
            entry = tarfile.TarInfo("manifest.json")
            entry.size = len(text)
            entry.mode = 0o600
            tar.addfile(entry, io.BytesIO(text))
        unfinished.chmod(0o600)
        unfinished.replace(archive)
    damaged = sorted(name for name, digest in named.items() if manifest.evidence.get(name) != digest)
    return Report(len(manifest.evidence), damaged)


def restore(archive: Path, *, force: bool = False) -> Report:
    """Put back what `archive` holds. Nothing is touched before all of it has been read and verified.

    A site that has people or evidence is only replaced if `force` says so.
    """
    if not force and not is_empty():
        raise BackupError("This site is not empty. --force replaces everything in it.")
    evidence_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=evidence_dir().parent, prefix=".restore-") as scratch:
        manifest = _unpack(archive, Path(scratch))
        if manifest.engine != connection.vendor:
            raise BackupError(
                f"The archive holds a {manifest.engine} database, DATABASE_URL names {connection.vendor}."
            )
        # Files first: one that no database row names does no harm, a row without its file would.
        for name in manifest.evidence:
            target = evidence_dir() / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(Path(scratch) / EVIDENCE / name, target)
        copy = Path(scratch) / DATABASE
        if connection.vendor == "sqlite":
            _load_sqlite(copy)
        else:
            _load_postgresql(copy)
    for path in _files(evidence_dir()):
        if path.relative_to(evidence_dir()).as_posix() not in manifest.evidence:
            path.unlink()
    damaged = sorted(name for name, digest in _named().items() if manifest.evidence.get(name) != digest)
    return Report(len(manifest.evidence), damaged)


def is_empty() -> bool:
    tables = connection.introspection.table_names()
    has_people = User._meta.db_table in tables and User.objects.exists()
    return not has_people and not _files(evidence_dir())


def evidence_dir() -> Path:
    return Path(settings.MEDIA_ROOT)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _named() -> dict[str, str]:
    """The files that the database knows of, with their digests."""
    return {
        file: digest
        for keeper in KEEPERS
        for file, digest in keeper.objects.exclude(file="").order_by().values_list("file", "sha256")
    }


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class _HashingReader:
    """Knows the hash of exactly what was read: a file may still be growing while somebody uploads it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    with path.open("rb") as file:
        reader = _HashingReader(file)
        tar.addfile(tar.gettarinfo(arcname=name, fileobj=file), reader)  # type: ignore[arg-type]
    return reader.digest.hexdigest()


def _unpack(archive: Path, into: Path) -> Manifest:
    """Read the archive into `into`; every entry must be one the manifest knows, with the hash it states."""
    digests: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(archive) as tar:
            for entry in tar:
                source = tar.extractfile(entry)
                if source is None or ".." in PurePosixPath(entry.name).parts or entry.name.startswith("/"):
                    raise BackupError(f"{archive} is not a backup of this software: {entry.name}")
                if entry.name == "manifest.json":
                    manifest = json.load(source)
                    continue
                target = into / entry.name
                target.parent.mkdir(parents=True, exist_ok=True)
                digests[entry.name] = _write(source, target)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise BackupError(f"{archive} can't be read: {error}") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{archive} is not a backup that this version reads.")
    known = Manifest(**manifest)
    expected = {DATABASE: known.database_sha256} | {f"{EVIDENCE}/{n}": d for n, d in known.evidence.items()}
    if wrong := sorted(n for n in expected.keys() | digests.keys() if expected.get(n) != digests.get(n)):
        raise BackupError(f"{archive} is damaged; nothing was restored: {', '.join(wrong[:10])}")
    return known


def _write(source: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    target.touch(mode=0o600)
    with target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _dump_sqlite(copy: Path) -> dict[str, str]:
    """Copy the database while it is in use; returns the evidence it names."""
    source = sqlite3.connect(f"{Path(connection.settings_dict['NAME']).as_uri()}?mode=ro", uri=True)
    target = sqlite3.connect(copy)
    try:
        source.backup(target)
        tables = [keeper._meta.db_table for keeper in KEEPERS]
        queries = [f"SELECT file, sha256 FROM {table} WHERE file <> ''" for table in tables]  # noqa: S608 — no input
        return {file: digest for query in queries for file, digest in target.execute(query)}
    finally:
        source.close()
        target.close()


def _load_sqlite(copy: Path) -> None:
    connection.close()
    source = sqlite3.connect(copy)
    target = sqlite3.connect(connection.settings_dict["NAME"], timeout=20)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _dump_postgresql(copy: Path) -> dict[str, str]:
    """Let pg_dump read the very snapshot in which the evidence is listed; returns that list."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        named = _named()
        options = ["--snapshot", snapshot, "--no-owner", "--no-privileges", "--clean", "--if-exists"]
        _postgresql("pg_dump", [*options, "--file", str(copy)])
    return named


def _load_postgresql(copy: Path) -> None:
    with connection.cursor() as cursor:
        quote = connection.ops.quote_name
        tables = [quote(table) for table in connection.introspection.table_names(cursor)]
    connection.close()
    emptied = copy.with_name("emptied.sql")
    emptied.write_text("".join(f"DROP TABLE IF EXISTS {table} CASCADE;\n" for table in tables))
    # One transaction: either all of the archive is there afterwards or all that was there before.
    options = [
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set",
        "ON_ERROR_STOP=1",
        "--output",
        os.devnull,
    ]
    _postgresql("psql", [*options, "--file", str(emptied), "--file", str(copy)])


def _postgresql(program: str, options: list[str]) -> None:
    """Run one of PostgreSQL's programs on our database."""
    executable = shutil.which(program)
    if executable is None:
        raise BackupError(f"{program} is needed; it is in the Debian package postgresql-client.")
    (_, *where), more = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    quiet = {"PGOPTIONS": "--client-min-messages=warning"}
    result = subprocess.run(  # noqa: S603
        [executable, *options, *where],
        env={**os.environ, **quiet, **(more or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise BackupError(f"{program} failed: {result.stderr.strip()}")
