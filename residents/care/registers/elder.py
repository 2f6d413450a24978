"""The register of 老年人."""

from django.db.models import Exists, OuterRef, Q

from portal.registers.columns import Column, ImportField
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.care.forms import ElderForm
from residents.care.import_references import ElderReference
from residents.care.models.elder import Elder
from residents.care.models.kind import CareKind
from residents.care.queries import living_alone
from residents.care.registers.base import YES_NO, CareRegister, choice_filter
from residents.homes.models import Residence


def _lives_alone(elder) -> str:
    """Whether the person lives alone, and by which source."""
    if elder.lives_here:
        return f"{'是' if elder.alone_here else '否'}（居住登记）"
    if elder.alone_as_told is None:
        return ""
    return f"{'是' if elder.alone_as_told else '否'}（本人说明）"


def _filter_alone(queryset, name, value):
    residences = Residence._default_manager.filter(community=OuterRef("community"), person=OuterRef("person"))
    alone = Q(person__in=living_alone().order_by().values("person"))
    by_statement = ~Q(Exists(residences.living().open())) & Q(alone_as_told=True)
    return queryset.filter(alone | by_statement) if value == "yes" else queryset.exclude(alone | by_statement)


def _filter_allowance(queryset, name, value):
    return queryset.filter(allowance__gt=0) if value == "yes" else queryset.exclude(allowance__gt=0)


@register
class ElderRegister(CareRegister):
    kind = CareKind.ELDERLY
    model = Elder
    create_label = "登记老年人"
    noun = "elder"
    menu_order = 30
    purpose = "老年人优待、高龄津贴和探访关爱（老年人权益保障法）"
    retention = Retention("津贴或关爱终止", "end", years=5)
    own_columns = (
        Column("alone", "独居", value=_lives_alone, width=14),
        Column("allowance", number=True, total="allowance"),
        Column("bank_card_mask", exported=False, listed=False),
        Column("checked_on", width=12),
    )
    own_filters = (
        choice_filter("alone", "独居", _filter_alone, YES_NO),
        choice_filter("allowance", "津贴", _filter_allowance, {"yes": "享受", "no": "不享受"}),
    )
    more_fields = ("alone_as_told",)
    form_class = ElderForm
    bulk_fields = ("allowance", "checked_on", "due", "note")
    secrets = ("bank_card",)
    import_reference = ElderReference
    own_headers = (
        ImportField("checked_on", ("上次健在核实",)),
        ImportField("due", ("下次健在核实",)),
        ImportField(
            "allowance",
            tuple("津贴标准 津贴金额 高龄津贴 补贴标准 补贴金额 高龄补贴 月津贴标准 月补贴标准".split()),
        ),
    )

    def prefetch_values(self, rows):
        people = [elder.person_id for elder in rows]
        residences = Residence._default_manager.filter(
            community__in={elder.community_id for elder in rows}, person__in=people
        )
        alone = Exists(living_alone().filter(community=OuterRef("community"), pk=OuterRef("pk")))
        is_alone_by_person = dict(
            residences.living().open().order_by().annotate(is_alone=alone).values_list("person", "is_alone")
        )
        for elder in rows:
            elder.lives_here = elder.person_id in is_alone_by_person
            elder.alone_here = is_alone_by_person.get(elder.person_id, False)
