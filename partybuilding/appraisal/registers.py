"""Register of appraisals (民主评议党员)."""

from django.db.models import DateField, F, Func, Value
from django.utils import timezone

from partybuilding.appraisal import actions, panels
from partybuilding.appraisal.forms import AppraisalForm
from partybuilding.appraisal.models import Appraisal, AppraisalResult, Grade
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention

_END_OF_YEAR = Func(F("year"), Value(12), Value(31), function="make_date", output_field=DateField())


def _count(grade: Grade) -> Column:
    name = grade.value
    return Column(
        name, grade.label, value=lambda row: getattr(row, name), sort=f"-{name}", number=True, width=8
    )


@register
class AppraisalRegister(Register):
    """Appraisals by branch and year, with the number of each grade."""

    model = Appraisal
    create_label = "登记民主评议"
    noun = "appraisal"
    title = "民主评议党员"
    menu = DeskArea.PARTY
    menu_order = 31
    menu_line = "组织生活"
    purpose = "每年民主评议党员的测评票数和评定等次（中国共产党支部工作条例（试行））"
    retention = Retention("评议年度结束", _END_OF_YEAR, years=10)
    part_models = (AppraisalResult,)
    deleted_with_row = (AppraisalResult,)
    deletion_note = "评议名单一并删除。"
    view = edit = export_right = P.BRANCH
    columns = (
        Column("branch.name", "党支部", sort="branch__name", width=24),
        Column("year", number=True, width=8),
        Column("members", "列入评议", value=lambda row: row.members, number=True, width=10),
        *(_count(grade) for grade in Grade),
        Column("activity.title", "评议会议", listed=False, width=30),
        Column("note", listed=False, optional=True, width=30),
    )
    search = ("branch__name", "note")
    search_hint = "党支部、备注"
    filters = ("branch", "year")
    form_class = AppraisalForm
    form_fields = ("branch", "year", "activity", "note")
    bulk_fields = ()
    attachments = True
    shares_lists = False

    def prepare(self, queryset):
        return queryset.with_counts().select_related("branch", "activity__body", "ballot", "community")

    def save(self, form, *, by, community):
        is_new = form.instance.pk is None
        appraisal = super().save(form, by=by, community=community)
        if is_new:
            actions.add_members(appraisal=appraisal)
        return appraisal

    def summary(self, row, access, community):
        state = "已登记结果" if row.graded else "待登记结果"
        grades = [grade.value for grade in Grade for _ in range(getattr(row, grade.value))]
        warning = actions.excellent_warning(row, grades, timezone.localdate())
        return [Tag(state), panels.papers_sentence(row), *([warning] if warning else [])]

    def panels(self, row, access, community):
        return panels.of_appraisal(row, access, community)

    def links(self, row, access, community):
        label = "更正评议结果" if row.graded else "登记评议结果"
        url = community.url("partybuilding:appraisal_results", row=row.uuid)
        links = [Link(label, url, primary=not row.graded)]
        if row.graded:
            links.append(Link("打印评议结果", community.url("partybuilding:appraisal_print", row=row.uuid)))
        return links

    def delete(self, row, *, by):
        actions.delete_appraisal(appraisal=row)

    def protecting_rows(self, row, access, community):
        graded = ["评议结果"] if row.graded else []
        return [*graded, *super().protecting_rows(row, access, community)]
