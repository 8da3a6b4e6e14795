"""Templates in use: who uploads them, what documents are made by, and what is said where one fails."""

from __future__ import annotations

import io
import subprocess
from functools import cache

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.models import Role
from assessments.models import Event
from assessments.workflow import Refusal
from reports import jobs
from reports.actions import templates
from reports.actions.issuing import issue_report, number_issue
from reports.actions.templates import TemplateRefused, activate_template, add_template, deactivate_template
from reports.actions.writing import write_report
from reports.docx import render_docx
from reports.kinds import KINDS, Name
from reports.models import Rendering, WordTemplate
from reports.queries.issues import numbered
from reports.queries.issuing import draft_of
from reports.queries.reports import document_of
from reports.queries.templates import active_template
from reports.word_templates import Finding, Refused, Tried, apart, starter
from tests.assessments.test_concurrency import at_once
from tests.factories import UnitFactory
from tests.processes import MANAGE, environment
from tests.reports import word
from tests.reports.conftest import NOW, add_lien_son, printed, signed_in
from tests.reports.packages import DOCUMENT, KIND, changed, saying, with_link

pytestmark = pytest.mark.django_db

OWN_WORDS = "Mẫu riêng của xã"


@cache
def office_file(words: str = OWN_WORDS) -> bytes:
    """One file per words: packed anew it bears another time."""
    return saying(words)


@pytest.fixture
def untried(monkeypatch):
    """Uploads are taken without the process apart, which takes a second."""
    monkeypatch.setattr(templates, "try_apart", lambda kind, content: Tried((), b"PK"))


def add(lien_son, content=None, **changed) -> WordTemplate:
    act = {"unit": lien_son.unit, "kind": KIND, "by": lien_son.officer, "now": NOW, **changed}
    return add_template(file_name="mau-xa.docx", content=content or office_file(), **act)


def use(lien_son, content=None) -> WordTemplate:
    template = add(lien_son, content)
    activate_template(template=template, by=lien_son.officer, now=NOW)
    return template


def there(lien_son) -> dict[str, object]:
    return {"unit": lien_son.unit.pk, "kind": KIND.name}


def shown(answer, status=200) -> str:
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.content.decode().split())


# Documents


def test_documents_are_made_by_the_template_in_use(lien_son):
    before = printed(lien_son.report, lien_son.officer)
    template = use(lien_son)
    made = printed(lien_son.report, lien_son.officer)
    assert (made.pk != before.pk, made.template, made.docx_notice) == (True, template, "")
    built_in = word.lines(render_docx(document_of(lien_son.report)))
    assert word.lines(bytes(made.docx)) == [OWN_WORDS, *built_in]
    assert bytes(made.pdf) == bytes(before.pdf)


def test_without_a_template_nothing_changes(lien_son, untried):
    add(lien_son)
    made = printed(lien_son.report, lien_son.officer)
    assert (made.template, bytes(made.docx)) == (None, render_docx(document_of(lien_son.report)))


def test_what_was_asked_for_is_made_whatever_is_put_into_use_meanwhile(lien_son):
    template = use(lien_son)
    rendering = jobs.start_rendering(report=lien_son.report, by=lien_son.officer, now=NOW)
    deactivate_template(template=template, by=lien_son.officer, now=NOW)
    jobs.render.call(rendering.pk)
    rendering.refresh_from_db()
    assert (rendering.state, rendering.template) == ("done", template)
    assert OWN_WORDS in word.lines(bytes(rendering.docx))
    assert printed(lien_son.report, lien_son.officer).template is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: saying("{{ khong_con }}"), "Không điền được mẫu"),
        (lambda: saying("", instead_of="{{ signer }}"), "không hiện họ tên người ký"),
        (lambda: with_link("hyperlink", "https://vi.du.vn"), "liên kết ra ngoài"),
    ],
)
def test_a_template_that_fails_gives_way_and_the_page_says_why(lien_son, untried, go, content, said):
    use(lien_son, content())
    made = printed(lien_son.report, lien_son.officer)
    assert made.state == "done"
    assert bytes(made.docx) == render_docx(document_of(lien_son.report))
    assert said in made.docx_notice
    page = shown(go(lien_son.officer, "report", report=lien_son.report.pk))
    assert "Tệp Word theo mẫu có sẵn của phần mềm, vì mẫu của đơn vị (phiên bản 1) không dùng được" in page
    assert said in page


def test_a_process_that_is_killed_gives_way_too(lien_son, untried, monkeypatch):
    use(lien_son)
    killed = subprocess.CompletedProcess([], -9, b"", b"")
    monkeypatch.setattr(apart.subprocess, "run", lambda *args, **kwargs: killed)
    made = printed(lien_son.report, lien_son.officer)
    assert (made.state, bytes(made.docx)) == ("done", render_docx(document_of(lien_son.report)))
    assert "bị dừng" in made.docx_notice


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_is_made_by_the_next_with_the_same_template(transactional_db):
    lien_son = add_lien_son()
    template = use(lien_son)
    rendering = jobs.start_rendering(report=lien_son.report, by=lien_son.officer, now=NOW)
    DBTaskResult.objects.get().claim("worker-1")  # and then it was killed
    command = [*MANAGE, "worker", "--id", "worker-1", "--batch", "--interval", "0"]
    subprocess.run(command, env=environment(), check=True, capture_output=True, timeout=120)
    [made] = Rendering.objects.all()
    assert (made.pk, made.state, made.template, made.docx_notice) == (rendering.pk, "done", template, "")
    assert OWN_WORDS in word.lines(bytes(made.docx))


# What is issued


def issue(lien_son, enqueue=lambda pk: ""):
    report = lien_son.report
    act = {"by": lien_son.officer, "now": NOW, "enqueue": enqueue}
    seen = {"seen": report.version, "fingerprint": draft_of(report, now=NOW).fingerprint}
    return issue_report(report=report, **seen, has_seen_warnings=True, **act)


def test_what_is_issued_and_its_numbered_copy_are_made_by_one_template(lien_son):
    template = use(lien_son)
    made = issue(lien_son)
    content = lien_son.settled(tasks="Sửa sau khi ban hành")
    write_report(report=lien_son.report, content=content, seen=1, by=lien_son.officer, now=NOW)
    deactivate_template(template=template, by=lien_son.officer, now=NOW)
    act = {"by": lien_son.officer, "now": NOW, "enqueue": lambda pk: ""}
    number_issue(issue=made, number="45", issued_on=NOW.date(), reason="Cấp số", **act)
    for rendering in made.renderings.order_by("ordinal"):
        jobs.render.call(rendering.pk)
    first, second = made.renderings.order_by("ordinal")
    for rendering in (first, second):
        assert (rendering.state, rendering.template, rendering.docx_notice) == ("done", template, "")
        document = numbered(made.document, rendering.number, rendering.issued_on)
        assert word.lines(bytes(rendering.docx)) == [OWN_WORDS, *word.lines(render_docx(document))]
    assert "Số: 45/BC-UBND" in word.lines(bytes(second.docx))


def test_the_page_of_an_issue_says_why_its_word_file_is_built_in(lien_son, untried, go):
    use(lien_son, saying("{{ khong_con }}"))
    made = issue(lien_son)
    jobs.render.call(made.renderings.get().pk)
    for name, where in (("issue", {"ordinal": 1}), ("report", {})):
        page = shown(go(lien_son.officer, name, report=lien_son.report.pk, **where))
        assert "vì mẫu của đơn vị (phiên bản 1) không dùng được: Không điền được mẫu" in page


def test_what_a_template_prints_is_part_of_what_was_asked_for(lien_son, untried):
    use(lien_son)
    first = jobs.start_rendering(report=lien_son.report, by=lien_son.officer, now=NOW)
    told = first.template_extras
    Rendering.objects.filter(pk=first.pk).update(
        template_extras={**told, "figures": {**told["figures"], "total": "1"}}
    )
    jobs.render.call(first.pk)
    first.refresh_from_db()
    assert first.state == "failed"


# Versions


def test_versions_count_up_stay_as_they_are_and_one_is_in_use(lien_son, untried):
    first = use(lien_son, office_file("Một"))
    second = use(lien_son, office_file("Hai"))
    first.refresh_from_db()
    assert [(t.ordinal, t.is_active) for t in (first, second)] == [(1, False), (2, False)]
    assert active_template(lien_son.unit.pk, KIND.name) == second
    assert bytes(first.content) == office_file("Một")
    activate_template(template=first, by=lien_son.officer, now=NOW)
    activate_template(template=first, by=lien_son.officer, now=NOW)
    assert active_template(lien_son.unit.pk, KIND.name) == first
    deactivate_template(template=first, by=lien_son.officer, now=NOW)
    deactivate_template(template=first, by=lien_son.officer, now=NOW)
    assert active_template(lien_son.unit.pk, KIND.name) is None
    deeds = Event.objects.filter(action__contains="template").order_by("pk")
    assert [(event.action, event.after["ordinal"]) for event in deeds] == [
        ("add_template", 1), ("activate_template", 1), ("add_template", 2), ("activate_template", 2),
        ("activate_template", 1), ("deactivate_template", 1),
    ]  # fmt: skip
    assert deeds[3].after["replaced"] == 1


def test_the_database_knows_one_template_in_use(lien_son, untried):
    use(lien_son, office_file("Một"))
    second = add(lien_son, office_file("Hai"))
    with pytest.raises(IntegrityError), transaction.atomic():
        WordTemplate.objects.filter(pk=second.pk).update(is_active=True)


def test_the_same_file_is_taken_once(lien_son, untried):
    content = office_file()
    add(lien_son, content)
    with pytest.raises(Refusal, match="đã được tải lên: phiên bản 1"):
        add(lien_son, content)
    assert WordTemplate.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_upload_at_once_get_numbers_one_after_the_other(transactional_db, untried):
    lien_son = add_lien_son()
    files = [office_file(f"Bản {n}") for n in range(4)]
    answers = at_once(*[lambda content=content: add(lien_son, content) for content in files])
    assert sorted(answer.ordinal for answer in answers) == [1, 2, 3, 4], answers


def test_an_upload_that_fails_or_breaks_off_leaves_nothing(lien_son, monkeypatch):
    with pytest.raises(TemplateRefused) as refused:
        add(lien_son, saying("{{ sginer }}"))
    assert "Có phải là “signer”?" in str(refused.value)

    def end(kind, content):
        raise KeyboardInterrupt

    monkeypatch.setattr(templates, "try_apart", end)
    with pytest.raises(KeyboardInterrupt):
        add(lien_son)
    monkeypatch.setattr(templates, "try_apart", lambda kind, content: Tried((), b"PK"))
    monkeypatch.setattr(templates.writing, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add(lien_son)
    assert not WordTemplate.objects.exists()
    assert not Event.objects.filter(action="add_template").exists()


# Who


@pytest.mark.parametrize(
    "who", ["unit leader", "neighbour", "coordinator", "leader", "province", "appraiser", "administrator"]
)
def test_only_who_writes_the_reports_has_to_do_with_their_template(lien_son, go, untried, who):
    template, person = use(lien_son), lien_son.people[who]
    with pytest.raises(PermissionDenied):
        add(lien_son, office_file("Khác"), by=person)
    for act in (activate_template, deactivate_template):
        with pytest.raises(PermissionDenied):
            act(template=template, by=person, now=NOW)
    assert go(person, "word_template_kind", **there(lien_son)).status_code == 403
    assert go(person, "word_template_kind", {}, **there(lien_son)).status_code == 403
    for name in ("word_template_file", "word_template_trial"):
        assert go(person, name, template=template.pk).status_code == 403
    for name in ("word_template_activate", "word_template_deactivate"):
        assert go(person, name, {}, template=template.pk).status_code == 403
    template.refresh_from_db()
    assert template.is_active


def test_kinds_of_the_host_belong_to_its_coordinators(lien_son, go, untried):
    annex, coordinator = KINDS[Name.RANKING_ANNEX], lien_son.people["coordinator"]
    act = {"kind": annex, "unit": lien_son.host}
    assert add(lien_son, by=coordinator, **act).kind == "ranking_annex"
    with pytest.raises(PermissionDenied):
        add(lien_son, by=lien_son.officer, kind=annex)
    with pytest.raises(PermissionDenied):
        add(lien_son, by=coordinator, unit=lien_son.host)
    assert "Phụ lục kết quả, xếp hạng" in shown(go(coordinator, "word_templates"))
    page = shown(go(coordinator, "word_template_kind", unit=lien_son.host.pk, kind="ranking_annex"))
    assert "{{p appendices }}" in page
    other = go(coordinator, "word_template_kind", unit=lien_son.host.pk, kind=KIND.name)
    assert other.status_code == 403


# Pages


def upload(lien_son, content: bytes, name="mau.docx", client=None):
    file = io.BytesIO(content)
    file.name = name
    return (client or signed_in(lien_son.officer)).post(
        reverse("word_template_kind", kwargs=there(lien_son)), {"file": file}
    )


def test_an_office_uploads_looks_and_puts_into_use(lien_son):
    client = signed_in(lien_son.officer)
    start = shown(client.get(reverse("word_templates")))
    here = reverse("word_template_kind", kwargs=there(lien_son))
    assert here in start
    page = shown(client.get(here))
    begin = reverse("word_template_starter", kwargs={"kind": KIND.name})
    assert begin in page
    assert "Tệp PDF luôn theo mẫu có sẵn" in page
    assert "{{ figures.total }}" in page
    assert client.get(begin).content == starter(KIND)

    answer = upload(lien_son, client.get(begin).content, client=client)
    assert (answer.status_code, answer.url) == (302, here)
    page = shown(client.get(here))
    template = WordTemplate.objects.get()
    assert "Phiên bản 1" in page
    assert "Đang dùng" not in page
    trial = client.get(reverse("word_template_trial", kwargs={"template": template.pk}))
    assert "Nguyễn Văn Mẫu" in word.lines(trial.content)
    assert trial["Content-Disposition"] == 'attachment; filename="mau-khac-phuc-1-ban-thu.docx"'
    file = client.get(reverse("word_template_file", kwargs={"template": template.pk}))
    assert file.content == starter(KIND)

    client.post(reverse("word_template_activate", kwargs={"template": template.pk}))
    assert "Đang dùng" in shown(client.get(here))
    assert "Mẫu của đơn vị</span> phiên bản 1" in shown(client.get(reverse("word_templates")))
    client.post(reverse("word_template_deactivate", kwargs={"template": template.pk}))
    assert "Đang dùng" not in shown(client.get(here))


def test_what_is_wrong_is_listed_with_its_place(lien_son):
    wrong = changed(DOCUMENT, lambda xml: xml.replace("{{ signer }}", "{{ sginer }}"))
    page = shown(upload(lien_son, wrong), 422)
    for said in (
        "Chưa nhận được mẫu: 2 chỗ phải sửa",
        "Không có trường “sginer”. Có phải là “signer”?",
        "Thân văn bản: “",
        "Mẫu thiếu họ tên người ký: signer.",
    ):
        assert said in page
    assert not WordTemplate.objects.exists()


def test_what_a_file_says_is_shown_as_text(lien_son, monkeypatch):
    def refuse(kind, content):
        raise Refused([Finding("Sai.", "thân văn bản", "<script>alert(1)</script>")])

    monkeypatch.setattr(templates, "try_apart", refuse)
    page = shown(upload(lien_son, b"PK"), 422)
    assert "&lt;script&gt;alert(1)" in page


def test_no_file_an_empty_one_and_one_too_large_are_told(lien_son, go):
    assert "Hãy chọn tệp." in shown(go(lien_son.officer, "word_template_kind", {}, **there(lien_son)), 422)
    assert "Tệp rỗng" in shown(upload(lien_son, b""), 422)
    assert "lớn hơn 5 MB" in shown(upload(lien_son, bytes(5 * 1024 * 1024 + 1)), 422)


def test_an_unknown_kind_is_not_found(lien_son, go):
    assert go(lien_son.officer, "word_template_kind", unit=lien_son.unit.pk, kind="khac").status_code == 404
    assert go(lien_son.officer, "word_template_starter", kind="khac").status_code == 404


@pytest.mark.parametrize("place", ["list", "kind"])
def test_pages_take_as_many_queries_for_three_versions_as_for_one(lien_son, untried, place):
    client = signed_in(lien_son.officer)
    url = reverse("word_templates")
    if place == "kind":
        url = reverse("word_template_kind", kwargs=there(lien_son))
    counts = []
    for n in range(3):
        add(lien_son, office_file(f"Bản {n}"))
        if place == "list":
            lien_son.officer.memberships.create(role=Role.OFFICER, unit=UnitFactory(parent=lien_son.host))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_an_operator_gets_the_same_file(lien_son, untried, tmp_path):
    use(lien_son)
    file = tmp_path / "bao-cao.docx"
    call_command("render_document", "lien-son-2024", docx=file, verbosity=0)
    assert file.read_bytes() == bytes(printed(lien_son.report, lien_son.officer).docx)
    use(lien_son, saying("{{ khong_con }}"))
    told = io.StringIO()
    call_command("render_document", "lien-son-2024", docx=file, stderr=told)
    assert "in the built-in layout" in told.getvalue()
    assert file.read_bytes() == render_docx(document_of(lien_son.report))


def test_a_template_whose_bytes_are_others_is_named(lien_son, untried, capsys):
    add(lien_son)
    call_command("verify_documents", all=True)
    assert "Mẫu Word: khớp\n" in capsys.readouterr().out
    WordTemplate.objects.update(content=b"PK khac")
    with pytest.raises(CommandError):
        call_command("verify_documents", all=True)
    assert f"Mẫu Word của {lien_son.unit}" in capsys.readouterr().out
