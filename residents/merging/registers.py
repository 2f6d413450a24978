"""The register of merges of people (合并记录): the contents of the removed row, and the link to undo the merge."""

from collections.abc import Collection, Iterable, Iterator

from community.people.models import Person
from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.database.foreign_keys import RowReference, UuidListReference, references_to
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, Panel
from portal.registers.registers import Register
from portal.registers.registry import all_registers, register
from portal.retention.data_categories import DeletedWith
from portal.values.dates import table_moment
from residents.event_log.event_diff import display_value
from residents.merging.models import PersonMerge


@register
class PersonMergeRegister(Register):
    model = PersonMerge
    noun = "personmerge"
    path = "merges"
    title = "合并记录"
    menu = DeskArea.PEOPLE
    menu_order = 92
    menu_line = "统计和体检"
    retention = DeletedWith("随保留的居民一同保存和删除")
    purpose = "纠正重复登记，合并有误时可以撤销"
    view = P.PEOPLE_EDIT
    columns = (
        Column("removed_name", width=12),
        Column("kept.name", "保留的姓名", sort="kept__name_key", width=12),
        Column("at", value=lambda m: table_moment(m.at), width=18),
        Column("by.name", "办理人"),
        Column("note", width=24),
        Column("state", "状态", value=lambda m: m.state or "已合并"),
    )
    search = ("removed_name", "kept")
    search_hint = "姓名"
    order = ("-at",)

    def prepare(self, queryset):
        return queryset.select_related("kept", "by")

    def word_condition(self, name, word, access, community):
        if name == "kept":
            return person_word_condition(word, access, community, "kept__")
        return super().word_condition(name, word, access, community)

    def moves(self, row, access, community) -> list[tuple[str, int]]:
        """Number of moved rows by kind, for kinds that this user may see."""
        references_by_key = {reference.key: reference for reference in references_to(Person)}
        moved = [(references_by_key[key.partition(":")[0]], keys) for key, keys in row.moved.items()]
        return moved_counts(moved, hidden_models(access, community))

    def panels(self, row, access, community):
        hidden = {model.stored_label for model in hidden_models(access, community)}
        given_up = [(label, "合并当天终止") for label, *_ in row.ended] + [
            (label, "未采用") for label, _ in row.aside
        ]
        models = {reference.model.stored_label: reference.model for reference in references_to(Person)}
        return [
            Panel("并入的记录原来的内容", ("项目", "内容"), list(_lines_of_values(row.values))),
            Panel("转到保留的记录", ("类别", "条数"), self.moves(row, access, community), empty="无其他登记"),
            Panel(
                "写入保留的记录",
                ("项目", "原来", "改为"),
                list(diff_lines(row)),
                empty="保留的记录内容没有变化",
            ),
            *(
                [
                    Panel(
                        "两条记录都有的",
                        ("类别", "结果"),
                        [
                            (str(models[label]._meta.verbose_name), outcome)
                            for label, outcome in given_up
                            if label not in hidden
                        ],
                    )
                ]
                if given_up
                else []
            ),
        ]

    def links(self, row, access, community):
        person = Link(row.kept.name, community.url("residents:person_detail", row=row.kept.uuid))
        if row.undone_at:
            return [person]
        return [person, Link("撤销合并", community.url("residents:merge_undo", row=row.uuid))]


def hidden_models(access, community) -> set[type]:
    """Models whose registers this user may not open: neither their rows nor the number of rows are shown."""
    return {r.model for r in all_registers() if not access.can(r.view, community)} - {
        r.model for r in all_registers() if access.can(r.view, community)
    }


def moved_counts(
    moves: Iterable[tuple[RowReference, Collection[int]]], hidden: Collection[type]
) -> list[tuple[str, int]]:
    """Number of moved rows by kind, without the hidden models."""
    counts: dict[str, int] = {}
    for reference, keys in moves:
        if reference.model not in hidden:
            label = str(reference.model._meta.verbose_name)
            if isinstance(reference, UuidListReference):
                label += f"（{reference.model._meta.get_field(reference.column).verbose_name}）"
            counts[label] = counts.get(label, 0) + len(keys)
    return list(counts.items())


def diff_lines(merge: PersonMerge) -> Iterator[tuple[str, str, str]]:
    """Diff of the remaining row: label, value before, value after the merge."""
    for name in _legible_columns(merge.written):
        before, after = merge.written[name]
        yield _label(name), _shown(name, before), _shown(name, after)


def _lines_of_values(values: dict) -> Iterator[tuple[str, str]]:
    for name in _legible_columns(values):
        if values[name]:
            yield _label(name), _shown(name, values[name])


def _legible_columns(values: dict) -> Iterator[str]:
    """The columns that mean something to a reader, in the order of the register."""
    return (f.name for f in Person._meta.concrete_fields if f.name in values and f.name not in _TECHNICAL)


def _shown(name: str, value) -> str:
    """Display of a value; of a certificate only whether there is one, as its mask must not stand beside a birth date."""
    if name == "id_mask":
        return "已登记" if value else ""
    return display_value(name, value)


def _label(name: str) -> str:
    return str(Person._meta.get_field(name).verbose_name)


_TECHNICAL = {"id", "uuid", "version", "community_id", "name_key", "initials", "birth_precision"}
"""Technical columns of a person, left out of the diff."""
