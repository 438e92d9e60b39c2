import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# All that pages need is loaded now, and lives as long as the process: Python need not look through it for rubbish again
# and again, which makes somebody wait a third of a second in the middle of a request.
import_module("config.urls_tenant")
gc.collect()
gc.freeze()
