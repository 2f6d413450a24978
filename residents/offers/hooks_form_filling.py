"""Hooks of form filling: its page in the menu, and the encrypted uploads."""

from collections.abc import Iterator

from portal.menu import page
from portal.offers import Kind, Secret, offer
from portal.permissions import Permission
from residents.models import FormFilling
from residents.models.filling import CONTENT_COLUMN

page("人口与房屋", "填表", "residents:filling_list", Permission.PEOPLE_EXPORT, 70)


@offer(Kind.SECRETS)
def uploaded_forms() -> Iterator[Secret]:
    yield Secret("待填的表", FormFilling, "content", lambda form: (CONTENT_COLUMN, form.uuid), at_once=5)
