import hashlib
import io
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from accounts.models import Unit, User
from assessments.calendar import calendar_from
from assessments.models import Assessment, Cohort, Evidence, Period
from assessments.models.periods import calendar_values
from criteria.models import CriteriaSet
from tests.factories import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def evidence() -> Evidence:
    person, unit = UserFactory(full_name="Lường Thị Ế"), UnitFactory()
    calendar = calendar_values(calendar_from(NOW, NOW + timedelta(days=30)))
    period = Period.objects.create(host=UnitFactory(), year=2026, name="Năm 2026", **calendar)
    criteria = CriteriaSet.objects.create(code="bo", version=1, name="Bộ tiêu chí", total=100, decimals=2)
    cohort = Cohort.objects.create(period=period, name="Xã", criteria_set=criteria)
    sheet = Assessment.objects.create(period=period, cohort=cohort, unit=unit)
    content = b"%PDF-1.7 noi dung"
    made = Evidence(assessment=sheet, kind="file", title="Kế hoạch", added_at=NOW, added_by=person)
    made.sha256 = hashlib.sha256(content).hexdigest()
    made.file.save("ke-hoach.pdf", ContentFile(content), save=False)
    made.save()
    return made


@pytest.fixture
def archive(evidence: Evidence, tmp_path: Path) -> Path:
    path = tmp_path / "saved.tar"
    call_command("backup", path)
    return path


def test_what_was_saved_comes_back(archive: Path, evidence: Evidence) -> None:
    stored = Path(evidence.file.path)
    stored.unlink()
    User.objects.update(full_name="Đã đổi")
    added = UnitFactory()
    (settings.MEDIA_ROOT / "later").write_bytes(b"uploaded after the backup")

    call_command("restore", archive, force=True)

    assert stored.read_bytes() == b"%PDF-1.7 noi dung"
    assert User.objects.get().full_name == "Lường Thị Ế"
    assert Evidence.objects.get().sha256 == evidence.sha256
    assert not Unit.objects.filter(pk=added.pk).exists()
    assert not (settings.MEDIA_ROOT / "later").exists()
    # New rows get new ids, and what the database itself refuses is still refused.
    assert UnitFactory().pk > evidence.assessment.unit_id
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_a_site_in_use_is_not_overwritten_unasked(archive: Path) -> None:
    User.objects.update(full_name="Đã đổi")

    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", archive)

    assert User.objects.get().full_name == "Đã đổi"


def test_a_damaged_archive_changes_nothing(archive: Path, evidence: Evidence, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar"
    with tarfile.open(archive) as source, tarfile.open(damaged, "w") as target:
        for entry in source:
            content = source.extractfile(entry).read()
            if entry.name.startswith("evidence/"):
                content = b"X" + content[1:]
            target.addfile(entry, io.BytesIO(content))
    User.objects.update(full_name="Đã đổi")

    with pytest.raises(CommandError, match=evidence.sha256):
        call_command("restore", damaged, force=True)

    assert User.objects.get().full_name == "Đã đổi"
    assert Path(evidence.file.path).read_bytes() == b"%PDF-1.7 noi dung"


def test_a_path_that_leads_out_is_refused(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive, "a") as tar:
        entry = tarfile.TarInfo("evidence/../../outside")
        tar.addfile(entry, io.BytesIO(b""))

    with pytest.raises(CommandError, match="not a backup"):
        call_command("restore", archive, force=True)

    assert not (tmp_path / "outside").exists()


def test_evidence_lost_on_disk_is_told_and_the_rest_is_saved(evidence: Evidence, tmp_path: Path) -> None:
    Path(evidence.file.path).write_bytes(b"something else")

    with pytest.raises(CommandError, match=evidence.sha256):
        call_command("backup", tmp_path)

    (saved,) = tmp_path.glob("parindex-*.tar")
    with pytest.raises(CommandError, match="made without"):
        call_command("restore", saved, force=True)
    assert User.objects.count() == 1


def test_an_archive_is_never_overwritten(archive: Path) -> None:
    with pytest.raises(CommandError, match="exists"):
        call_command("backup", archive)
