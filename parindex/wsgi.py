import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings")
application = get_wsgi_application()

from accounts.startup import refuse_demo_accounts  # noqa: E402 — models need the application

refuse_demo_accounts()
