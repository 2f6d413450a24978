"""Hooks of merging: links, panel, parts and history of people who absorbed a duplicate."""

from collections.abc import Iterator

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.registry import row_url
from portal.values.dates import table_day
from residents.event_log.monthly_statement import MERGED_PEOPLE
from residents.merging.models import SEALED_COLUMN, PersonMerge


@hook(Hook.SECRETS)
def merge_secrets() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn(
        "合并记录的证件号码", PersonMerge, "sealed", lambda merge: (SEALED_COLUMN, merge.uuid)
    )


@hook(MERGED_PEOPLE)
def merged_people(community) -> Iterator[tuple[int, int]]:
    """Id of the removed record and of the kept one, of every merge that was not undone, oldest first."""
    merges = PersonMerge.objects.of(community).not_undone().order_by("id")
    yield from merges.values_list("removed_id", "kept_id")


@extend
class PersonDuplicates(RegisterExtension):
    """The link to the search for duplicates, behind those of the population events."""

    model = Person
    order = -10

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        return [Link("合并重复", community.url("residents:person_double", person=row.uuid))]


@extend
class PersonMerges(RegisterExtension):
    """Merged duplicates: a panel, their history, and a redirect from the page of the removed row."""

    model = Person
    order = 10
    part_models = (PersonMerge,)

    def panels(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        merges = _merges(access, Permission.PEOPLE_EDIT, community).filter(kept=row)
        lines = [
            (
                Link(merge.removed_name, row_url(merge, community)),
                table_day(merge.at),
                merge.by.name,
            )
            for merge in merges.select_related("by")
        ]
        return [Panel("并入的记录", ("姓名", "合并日期", "办理人"), lines)] if lines else []

    def merged_ids(self, row, access, community):
        merges = _merges(access, Permission.PEOPLE_NAMES, community).filter(kept=row)
        return list(merges.values_list("removed_id", flat=True))

    def merged_into(self, uuid, access, community):
        merges = _merges(access, Permission.PEOPLE_NAMES, community).filter(removed_uuid=uuid)
        merge = merges.select_related("kept").first()
        return merge.kept if merge else None


def _merges(access, right: Permission, community):
    """The merges that have not been undone."""
    return rows(PersonMerge, access, right, community).not_undone()
