"""Hooks of form filling: its page in the menu, and the encrypted uploads."""

from collections.abc import Iterator

from portal.access.permissions import Permission
from portal.hooks.menu import add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn
from residents.form_filling.models import CONTENT_COLUMN, FormFilling

add_menu_page("人口与房屋", "填表", "residents:filling_list", Permission.PEOPLE_EXPORT, 70)


@hook(Hook.SECRETS)
def form_filling_secrets() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn(
        "待填的表", FormFilling, "content", lambda form: (CONTENT_COLUMN, form.uuid), batch_size=5
    )
