"""The portal's settings with Django's admin beside it, which is measured as the reference."""

from portal.settings import *  # noqa: F403
from portal.settings import DATABASES, INSTALLED_APPS, STORAGES, env

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]
ROOT_URLCONF = "tests.benchmarks.urls"
# An import is measured within one transaction, which waits while the file is read: minutes, on a busy machine.
PATIENT = {"options": "-c lock_timeout=10s"}
DATABASES = {
    name: {**database, "OPTIONS": database["OPTIONS"] | PATIENT} for name, database in DATABASES.items()
}
# What a developer's own admin has: every row, and no second lock.
DATABASES["owner"] = {**DATABASES["default"], "ATOMIC_REQUESTS": False, **env.db_url("DATABASE_OWNER_URL")}
# The admin's files are not among those collected.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]
