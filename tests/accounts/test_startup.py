import importlib

import pytest
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured

import parindex.wsgi
from accounts.startup import refuse_demo_accounts
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def problems() -> list[str]:
    found = run_checks(tags=[Tags.database], include_deployment_checks=True, databases=["default"])
    return [problem.id for problem in found if problem.id.startswith("accounts.")]


def test_production_refuses_to_start_with_demo_accounts(settings):
    demo = UserFactory(username="can-bo-mau", is_demo=True)
    refuse_demo_accounts()
    assert problems() == []

    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="can-bo-mau"):
        refuse_demo_accounts()
    with pytest.raises(ImproperlyConfigured):
        importlib.reload(parindex.wsgi)
    assert problems() == ["accounts.E002"]

    demo.is_active = False
    demo.save()
    refuse_demo_accounts()
    assert problems() == []
