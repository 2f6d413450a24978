"""Forms of issue lists: the list, its people, the hand-over with its signature."""

from django import forms

from community.people.forms import PersonField
from community.stock.models import IssueLine, IssueList
from community.stock.people_lists import lists_of_people
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.attachments.kinds import FILE_MIB
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm, RowForm
from portal.forms.signature import SignatureField


class IssueListForm(RowForm):
    """An occasion on which goods are given out."""

    class Meta:
        model = IssueList
        fields = ("title", "item", "quantity", "on", "place", "note")


class AddPeopleForm(PlainForm):
    """People for an issue list: one, or those of a saved list as its reader may see it."""

    saved = forms.ChoiceField(
        label="常用名单", required=False, help_text="名单上的人全部加入，已在名单中的不重复"
    )
    person = PersonField(label="或单独增加一人", required=False)

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.saved_lists = {str(saved.uuid): saved for saved in lists_of_people(access, community)}
        choices = [(key, str(saved)) for key, saved in self.saved_lists.items()]
        self.fields["saved"].choices = [("", "请选择"), *choices]
        self.fields["person"].set_people(access, community)

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("person") and not data.get("saved"):
            self.add_error("saved", "请选择常用名单，或填写要增加的人。")
        return data

    @property
    def chosen_list(self):
        return self.saved_lists.get(self.cleaned_data["saved"])


class HandOverForm(PlainForm):
    """That somebody received what is theirs: signed here, on paper that is photographed, or on the printed list."""

    on = DayField(label="领取日期")
    taker = forms.CharField(label="代领人", max_length=60, required=False, help_text="本人领取的留空")
    signature = SignatureField(label="签名")
    scan = forms.FileField(
        label="或上传签字的照片、扫描件",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
        help_text=f"JPG、PNG、PDF，{FILE_MIB} MB以内；在打印的签字表上签的，两项都留空",
    )

    @property
    def proofs(self) -> list[tuple[str, bytes]]:
        """Names and contents of the signature, of a valid form."""
        data = self.cleaned_data
        drawn = [(f"签名{data['on']:%Y%m%d}.png", data["signature"])] if data["signature"] else []
        scan = data.get("scan")
        return [*drawn, *([(scan.name, scan.read())] if scan else [])]


class _LineChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, line):
        person = line.person
        return "｜".join(
            filter(None, (person.name, person.place_label, line.issue_list.item.amount(line.quantity)))
        )


class TickForm(PlainForm):
    """Several lines ticked off at once, by the signed paper."""

    on = DayField(label="领取日期")
    lines = _LineChoice(
        IssueLine._default_manager.none(),
        label="已在签字表上签字的人",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选已领取的人。"},
    )

    def __init__(self, *args, issue_list: IssueList, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        lines = rows(IssueLine, access, P.GOODS, community).filter(issue_list=issue_list)
        lines = lines.filter(state=IssueLine.State.WAITING).select_related("person", "issue_list__item")
        self.fields["lines"].queryset = lines.order_by("person__name_key", "id")


class LineReasonForm(PlainForm):
    """Why a line is cancelled, or a hand-over undone."""

    reason = forms.CharField(label="原因", max_length=100, error_messages={"required": "请写明原因。"})
