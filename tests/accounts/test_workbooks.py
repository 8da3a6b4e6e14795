import io
import re
import threading
import time
import zipfile
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import actions
from accounts.models import Role, Unit, User
from accounts.resources import UnitWorkbook, UserResource, UserWorkbook
from accounts.workbook import MAX_ROWS, UnreadableWorkbook
from tests.assessments.test_concurrency import at_once, while_holding
from tests.factories import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

UNITS = "/quan-tri/accounts/unit/"
USERS = "/quan-tri/accounts/user/"
UNIT_TITLES = [column.title for column in UnitWorkbook.columns]
USER_TITLES = [column.title for column in UserWorkbook.columns]


def workbook(titles: list[str], *rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in [titles, *rows]:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def preview(browser: Client, path: str, content: bytes, name: str = "tệp.xlsx"):
    upload = SimpleUploadedFile(name, content)
    return browser.post(f"{path}import/", {"import_file": upload, "format": "0", "resource": "0"})


def confirm(browser: Client, path: str, page):
    assert "confirm_form" in page.context, page.content.decode()
    return browser.post(f"{path}process_import/", page.context["confirm_form"].initial, follow=True)


def exported(browser: Client, path: str) -> list[tuple[object, ...]]:
    answer = browser.get(f"{path}export/")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)


def unit_row(code: str, parent: str = "", **changes: object) -> list[object]:
    row = dict(
        zip(
            UNIT_TITLES,
            [code, f"Ủy ban nhân dân xã {code}", f"xã {code}", code, "xã, phường, đặc khu"],
            strict=False,
        )
    )
    row |= {"Trực thuộc": parent, **changes}
    return [row.get(title, "") for title in UNIT_TITLES]


def test_units_go_out_and_come_back(admin_browser):
    province = UnitFactory(code="tinh", short_name="tỉnh Ở Sau", level="province")
    UnitFactory(code="xa", short_name="xã Ế", parent=province, active_from=date(2025, 7, 1))
    before = list(Unit.objects.values("code", "name", "short_name", "level", "parent__code", "active_from"))
    rows = exported(admin_browser, UNITS)
    assert [row[0] for row in rows] == ["Mã đơn vị", "tinh", "xa"]  # parents first, whatever their names
    assert rows[2][4] == "Xã, phường, đặc khu"
    assert rows[2][6].date() == date(2025, 7, 1)

    file = admin_browser.get(f"{UNITS}export/").content
    assert "không thay đổi gì" in preview(admin_browser, UNITS, file).content.decode()
    Unit.objects.filter(code="xa").delete()
    Unit.objects.all().delete()
    confirm(admin_browser, UNITS, preview(admin_browser, UNITS, file))
    assert (
        list(Unit.objects.values("code", "name", "short_name", "level", "parent__code", "active_from"))
        == before
    )
    assert Unit.objects.search("xa e").exists()


def test_units_are_previewed_before_anything_is_saved(admin_browser, administrator):
    known = UnitFactory(code="100", short_name="xã Cũ")
    content = workbook(
        UNIT_TITLES,
        unit_row(100.0, **{"Tên gọn": "xã <b>Mới</b>"}),  # Excel keeps a code of digits as a float
        unit_row("tinh", Cấp="tinh, thanh pho"),
        unit_row(
            "xa-1", "tinh", **{"Hoạt động từ ngày": "1/7/2025", "Hoạt động đến ngày": date(2026, 6, 30)}
        ),
    )
    page = preview(admin_browser, UNITS, content)
    body = page.content.decode()
    assert "thêm 2, sửa 1" in body
    assert "<del>xã Cũ</del> <ins>xã &lt;b&gt;Mới&lt;/b&gt;</ins>" in body
    assert "style=" not in body
    assert Unit.objects.count() == 1

    assert "thêm 2, sửa 1" in confirm(admin_browser, UNITS, page).content.decode()
    unit = Unit.objects.get(code="xa-1")
    assert unit.parent == Unit.objects.get(code="tinh", level="province")
    assert (unit.active_from, unit.active_until) == (date(2025, 7, 1), date(2026, 6, 30))
    change = known.history.first()
    assert (change.history_user, change.history_change_reason) == (administrator, "Nhập từ tệp Excel")


@pytest.mark.parametrize(
    ("rows", "line", "complaint"),
    [
        ([unit_row("a"), unit_row("a")], 3, "“a” đã có ở dòng 2"),
        ([unit_row("a", "khong-co")], 2, "Không có đơn vị mã “khong-co”"),
        ([unit_row("a", "b"), unit_row("b")], 2, "phải đứng trước"),
        ([unit_row("a"), unit_row("b", "a"), unit_row("c", "c")], 4, "Không có đơn vị mã “c”"),
        ([unit_row("a", Cấp="ấp")], 2, "Không có cấp “ấp”"),
        ([unit_row("a", **{"Hoạt động từ ngày": "31/02/2025"})], 2, "không phải ngày"),
        ([unit_row("a", **{"Hoạt động từ ngày": 45839})], 2, "không phải ngày"),
        ([unit_row("a", **{"Tên gọn": ""})], 2, "Tên gọn"),
        ([unit_row("a", **{"Tên đầy đủ": "x" * 300})], 2, "Tên đầy đủ"),
        ([unit_row("")], 2, "Mã đơn vị"),
        ([unit_row("a"), [], unit_row("b")], 3, "Dòng trống"),
        (
            [unit_row("a", **{"Hoạt động từ ngày": "01/07/2025", "Hoạt động đến ngày": "01/06/2025"})],
            2,
            "Ngày kết thúc hoạt động phải sau ngày bắt đầu",
        ),
    ],
)
def test_one_wrong_row_stops_all_and_is_named(admin_browser, rows, line, complaint):
    page = preview(admin_browser, UNITS, workbook(UNIT_TITLES, *rows))
    body = page.content.decode()
    assert complaint in body
    assert f"<td>{line}</td>" in body
    assert "confirm_form" not in page.context
    assert not Unit.objects.exists()


def test_parents_may_not_go_round_in_a_circle(admin_browser):
    top = UnitFactory(code="tren")
    UnitFactory(code="duoi", parent=top)
    page = preview(admin_browser, UNITS, workbook(UNIT_TITLES, unit_row("tren", "duoi")))
    assert "cấp dưới của mình" in page.content.decode()


def with_macro() -> bytes:
    output = io.BytesIO(workbook(UNIT_TITLES, unit_row("a")))
    with zipfile.ZipFile(output, "a") as package:
        package.writestr("xl/vbaProject.bin", b"macro")
    return output.getvalue()


def far_away() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(UNIT_TITLES)
    book.active.cell(row=1_048_576, column=1, value="xa lắc")
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def bomb() -> bytes:
    output = io.BytesIO(workbook(UNIT_TITLES, unit_row("a")))
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/image1.png", bytes(70_000_000))
    return output.getvalue()


def damaged() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as package:
        package.writestr("xl/workbook.xml", "<đây không phải bảng tính")
    return output.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "complaint"),
    [
        (b"Ma don vi;Ten", "a.csv", "đuôi .xlsx"),
        (with_macro(), "a.xlsm", "đuôi .xlsx"),
        (with_macro(), "a.xlsx", "macro"),
        (b"PK nothing", "a.xlsx", "không phải tệp Excel"),
        (damaged(), "a.xlsx", "Không đọc được tệp"),
        (bomb(), "a.xlsx", "quá lớn"),
        (far_away(), "a.xlsx", "chia thành nhiều tệp"),
        (workbook(["Tỉnh", "Dân số"], ["An Bình", 1]), "a.xlsx", "thiếu cột “Mã đơn vị”"),
        (workbook([*UNIT_TITLES, "Mật khẩu"], unit_row("a")), "a.xlsx", "cột lạ “Mật khẩu”"),
        (workbook([*UNIT_TITLES, "Cấp"], unit_row("a")), "a.xlsx", "cột lặp lại"),
        (workbook(UNIT_TITLES), "a.xlsx", "không có dòng dữ liệu"),
        (workbook([]), "a.xlsx", "thiếu cột"),
        (
            workbook(UNIT_TITLES, *(unit_row(str(i)) for i in range(MAX_ROWS + 1))),
            "a.xlsx",
            "chia thành nhiều tệp",
        ),
    ],
)
def test_files_that_are_no_such_catalogue_are_told_so(admin_browser, content, name, complaint):
    page = preview(admin_browser, UNITS, content, name)
    assert page.status_code == 200
    assert complaint in page.content.decode()


def test_a_row_number_that_no_excel_has_ends_the_reading():
    """A few bytes of a file would else be read for hours."""
    good, stream = workbook(UNIT_TITLES, unit_row("1")), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as package, zipfile.ZipFile(stream, "w") as new:
        for name in package.namelist():
            part = re.sub(rb"<dimension[^>]*>", b"", package.read(name))
            new.writestr(name, part.replace(b'<row r="2"', b'<row r="9999999999"'))
    with pytest.raises(UnreadableWorkbook, match="tệp hỏng"):
        UnitWorkbook().create_dataset(stream.getvalue())


def test_what_looks_like_a_formula_stays_text(admin_browser):
    name = '=HYPERLINK("http://example.com","x")'
    UserFactory(username="nguoi-la", full_name=name, position="+84", phone="-1")
    content = admin_browser.get(f"{USERS}export/").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    row = next(row for row in sheet.iter_rows() if row[0].value == "nguoi-la")
    assert [(cell.value, cell.data_type) for cell in row[1:3]] == [(name, "s"), ("+84", "s")]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
    assert "không thay đổi gì" in preview(admin_browser, USERS, content).content.decode()


def test_people_go_out_without_anything_secret(admin_browser, administrator):
    unit = UnitFactory(code="xa-1")
    UserFactory(username="a", full_name="Lê An", held_roles=[(Role.LEADER, unit), (Role.OFFICER, unit)])
    UserFactory(username="b", full_name="Lê Bình", is_active=False)
    rows = exported(admin_browser, USERS)
    assert rows[0] == tuple(USER_TITLES)
    assert rows[1][5:] == ("Lãnh đạo cơ quan chủ trì @ xa-1; Cán bộ đầu mối @ xa-1", "Đang hoạt động")
    assert rows[2][5:] == (None, "Đã ngừng")
    cells = " ".join(str(cell) for row in rows for cell in row)
    assert not any(user.password in cells for user in User.objects.all())
    titles = " ".join(USER_TITLES + UNIT_TITLES).casefold()
    assert not any(word in titles for word in ["mật khẩu", "password"])


def test_people_come_in_with_roles_and_without_a_password(admin_browser, administrator):
    here = UnitFactory(code="xa-1")
    there = UnitFactory(code="xa-2")
    known = UserFactory(username="cu", full_name="Lê Cũ", held_roles=[(Role.OFFICER, here)])
    content = workbook(
        USER_TITLES,
        ["cu", "Lê Cũ", "", "", "", "lanh dao don vi@xa-2", "đang hoạt động"],
        [
            "moi",
            "Trần Mới",
            "Chuyên viên",
            "moi@example.vn",
            912345678.0,
            "officer @ xa-1; leader@xa-2; administrator",
            "",
        ],
    )
    page = preview(admin_browser, USERS, content)
    assert not User.objects.filter(username="moi").exists()
    assert known.memberships.get().role == Role.OFFICER
    assert "<del>Cán bộ đầu mối @ xa-1</del> <ins>Lãnh đạo đơn vị @ xa-2</ins>" in page.content.decode()
    confirm(admin_browser, USERS, page)

    new = User.objects.get(username="moi")
    assert not new.has_usable_password()
    assert new.phone == "912345678"
    assert new.roles == {
        (Role.OFFICER, here.pk), (Role.LEADER, there.pk), (Role.ADMINISTRATOR, None),
    }  # fmt: skip
    assert User.objects.get(username="cu").roles == {(Role.UNIT_LEADER, there.pk)}
    assert new.memberships.first().history.first().history_user == administrator


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (["a", "Lê An", "", "", "", "Vua @ xa-1", ""], "Không có vai trò “Vua”"),
        (["a", "Lê An", "", "", "", "officer", ""], "phải kèm đơn vị"),
        (["a", "Lê An", "", "", "", "officer @ xa-9", ""], "Không có đơn vị mã “xa-9”"),
        (["a", "Lê An", "", "", "", "administrator @ xa-1", ""], "không gắn với đơn vị"),
        (["a", "Lê An", "", "không phải", "", "", ""], "Thư điện tử"),
        (["a b", "Lê An", "", "", "", "", ""], "Tên đăng nhập"),
        (["a", "Lê An", "", "", "", "", "Đã ngừng"], "Trạng thái không đổi được bằng tệp Excel"),
        (["quan-tri", "Đặng Thị Quản", "", "", "", "", ""], "Không thể tự ngừng tài khoản"),
    ],
)
def test_wrong_people_are_refused(admin_browser, row, complaint):
    UnitFactory(code="xa-1")
    page = preview(admin_browser, USERS, workbook(USER_TITLES, ["dung", "Lê Đúng", "", "", "", "", ""], row))
    assert complaint in page.content.decode()
    assert "confirm_form" not in page.context
    assert User.objects.count() == 1


def test_a_catalogue_that_changed_after_the_preview_is_left_alone(admin_browser):
    UnitFactory(code="tren")
    page = preview(admin_browser, UNITS, workbook(UNIT_TITLES, unit_row("a"), unit_row("b", "tren")))
    Unit.objects.get(code="tren").delete()
    assert "chưa nhập dòng nào" in confirm(admin_browser, UNITS, page).content.decode()
    assert not Unit.objects.exists()


def test_what_was_confirmed_already_is_told_so(admin_browser):
    page = preview(admin_browser, UNITS, workbook(UNIT_TITLES, unit_row("a")))
    assert "Đã nhập tệp: thêm 1" in confirm(admin_browser, UNITS, page).content.decode()
    assert "Tệp này đã được nhập" in confirm(admin_browser, UNITS, page).content.decode()
    assert Unit.objects.filter(code="a").count() == 1


def test_workbooks_are_named_in_vietnamese(admin_browser):
    for path, name in ((UNITS, "don-vi-"), (USERS, "nguoi-dung-")):
        told = admin_browser.get(f"{path}export/")["Content-Disposition"]
        assert f'filename="{name}' in told
        assert told.endswith('.xlsx"')


@pytest.mark.django_db(transaction=True)
def test_an_import_leaves_alone_the_password_that_somebody_got_meanwhile(admin_browser, administrator):
    user = UserFactory(username="cu", full_name="Lê Cũ")
    page = preview(admin_browser, USERS, workbook(USER_TITLES, ["cu", "Lê Mới", "", "", "", "", ""]))
    passwords = []
    late = while_holding(
        lambda: passwords.append(actions.reset_password(user=User.objects.get(pk=user.pk), by=administrator)),
        lambda: confirm(admin_browser, USERS, page),
    )
    assert "sửa 1" in late.content.decode()
    user.refresh_from_db()
    assert user.full_name == "Lê Mới"
    assert user.check_password(passwords[0])
    assert user.must_change_password


@pytest.mark.django_db(transaction=True)
def test_an_import_and_a_deactivation_wait_for_each_other_in_turn(admin_browser, administrator, monkeypatch):
    user = UserFactory(username="cu")
    page = preview(admin_browser, USERS, workbook(USER_TITLES, ["cu", "Lê Mới", "", "", "", "", ""]))
    saved, save = threading.Event(), UserResource.do_instance_save

    def save_slowly(self: UserResource, instance: User, is_create: bool) -> None:
        save(self, instance, is_create)
        saved.set()
        time.sleep(0.7)

    def deactivate() -> None:
        saved.wait()
        actions.deactivate(user=User.objects.get(pk=user.pk), by=administrator)

    monkeypatch.setattr(UserResource, "do_instance_save", save_slowly)
    imported, refused = at_once(lambda: confirm(admin_browser, USERS, page), deactivate)
    assert refused is None
    assert "sửa 1" in imported.content.decode()
    user.refresh_from_db()
    assert (user.full_name, user.is_active) == ("Lê Mới", False)
