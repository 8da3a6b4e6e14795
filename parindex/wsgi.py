import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings")
application = get_wsgi_application()

from accounts.startup import refuse_demo_accounts  # noqa: E402 — models need the application

refuse_demo_accounts()

# What is loaded by now stays for good: looking through it for garbage took a tenth of the time of a saved leaf.
gc.collect()
gc.freeze()
