import pytest
import rules
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.authorize import authorize, public
from accounts.models import Unit
from tests.accounts import urls
from tests.factories import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@rules.predicate
def in_lucky_unit(user: object, unit: Unit) -> bool:
    return unit.code == "MAY-MAN"


@authorize(in_lucky_unit, unit=Unit.objects)
def lucky(request: HttpRequest, unit: Unit) -> HttpResponse:
    return HttpResponse(unit.code)


@public
def open_door(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ai cũng vào được")


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("quên khai báo quyền")


urlpatterns = [
    *urls.urlpatterns,
    path("may-man/<int:unit>/", lucky),
    path("mo/", open_door),
    path("quen/", forgotten),
]


@pytest.fixture(autouse=True)
def urls_of_this_file(urls_of_accounts, settings):
    settings.ROOT_URLCONF = __name__


def test_a_view_without_access_is_an_error_at_start_and_on_use(client):
    assert [(error.id, "quen/" in error.msg) for error in run_checks()] == [("accounts.E001", True)]
    with pytest.raises(ImproperlyConfigured):
        client.get("/quen/")


def test_the_predicate_sees_the_loaded_object(client):
    client.force_login(UserFactory())
    assert client.get(f"/may-man/{UnitFactory(code='MAY-MAN').pk}/").content == b"MAY-MAN"
    assert client.get(f"/may-man/{UnitFactory().pk}/").status_code == 403
    assert client.get("/may-man/0/").status_code == 404


def test_strangers_are_sent_to_log_in_before_anything_is_looked_up(client):
    answer = client.get("/may-man/0/?x=1")
    assert (answer.status_code, answer.url) == (302, "/tai-khoan/dang-nhap/?next=/may-man/0/%3Fx%3D1")
    assert client.get("/may-man/0/", headers={"HX-Request": "true"}).status_code == 401
    assert client.get("/mo/").status_code == 200


def test_more_than_one_source_is_a_mistake():
    with pytest.raises(TypeError):
        authorize(in_lucky_unit, unit=Unit.objects, parent=Unit.objects)
