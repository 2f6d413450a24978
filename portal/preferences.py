"""How a user wants to see a register's list; columns they may not see stay away whatever is kept here."""

from portal.access import Access, CommunityRef
from portal.models import ListPreference
from portal.registers import Column, Register


def preference_of(user_id: int, register: Register) -> ListPreference:
    """The kept wishes, or an unsaved row without any."""
    kept = ListPreference.objects.filter(user_id=user_id, register=register.label).first()
    return kept or ListPreference(user_id=user_id, register=register.label)


def keep(user_id: int, register: Register, **wishes) -> None:
    """Keep `columns` or `page_size`, whichever is given."""
    ListPreference.objects.bulk_create(
        [ListPreference(user_id=user_id, register=register.label, **wishes)],
        update_conflicts=True,
        unique_fields=["user_id", "register"],
        update_fields=list(wishes),
    )


def chosen(
    register: Register, preference: ListPreference, access: Access, community: CommunityRef, part: str
) -> tuple[Column, ...]:
    """The columns of a part (`listed`, `exported`) as the user chose them; all of the part without a choice.

    A list may also show `optional` columns; an export never holds what the register does not export.
    """
    if preference.columns:
        wanted = set(preference.columns)
        available = register.visible(access, community, "choosable" if part == "listed" else part)
        if found := tuple(column for column in available if column.name in wanted):
            return found
    return register.visible(access, community, part)
