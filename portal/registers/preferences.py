"""List preferences: columns and page size that a user chose for a register. Rights are applied when they are read."""

from collections.abc import Iterable

from portal.access.user_access import Access, CommunityRef
from portal.registers.columns import Column
from portal.registers.models import ListPreference
from portal.registers.registers import Register


def preference_of(user_id: int, register: Register) -> ListPreference:
    """The stored preference, or an unsaved empty one."""
    preference = ListPreference.objects.filter(user_id=user_id, register=register.label).first()
    return preference or ListPreference(user_id=user_id, register=register.label)


def save_preference(user_id: int, register: Register, **preferences) -> None:
    """Save `columns` or `page_size`, whichever is given."""
    ListPreference.objects.bulk_create(
        [ListPreference(user_id=user_id, register=register.label, **preferences)],
        update_conflicts=True,
        unique_fields=["user_id", "register"],
        update_fields=list(preferences),
    )


def chosen_columns(
    register: Register, preference: ListPreference, access: Access, community: CommunityRef, part: str
) -> tuple[Column, ...]:
    """The columns of a part (`listed`, `exported`) as the user chose them; all of the part without a choice."""
    return columns_by_name(register, preference.columns, access, community, part)


def columns_by_name(
    register: Register, names: Iterable[str], access: Access, community: CommunityRef, part: str
) -> tuple[Column, ...]:
    """The columns of a part with these names, in their order; all of the part where that leaves none.

    A list may also show `optional` columns; an export never holds what the register does not export.
    """
    visible = register.visible(access, community, "choosable" if part == "listed" else part)
    available = {name: column for column in visible for name in (column.name, *column.former)}
    columns = {available[name].name: available[name] for name in names if name in available}
    return tuple(columns.values()) or register.visible(access, community, part)
