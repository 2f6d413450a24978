from django import forms
from django.core.validators import MinValueValidator

from community.bulletins.actions.review import ItemMark
from community.bulletins.actions.workflow import BoardEdit
from community.bulletins.models.bulletin import BulletinBoard
from community.bulletins.review_items import ItemReview
from community.people.models import Person
from community.people.search import people_matching
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.forms.forms import PlainForm
from portal.forms.idempotency import IdempotentFormMixin

MOST_RESULTS = 20
USUAL_AID = ("最低生活保障金", "临时救助", "医疗救助", "慰问金", "残疾人两项补贴", "实物救助")


class BoardsForm(IdempotentFormMixin, forms.Form):
    """The hand-written boards, each with the version its editor started from (optimistic locking)."""

    def __init__(self, *args, boards: list[BulletinBoard], **kwargs):
        super().__init__(*args, **kwargs)
        self.boards = sorted(boards, key=lambda board: BulletinBoard.Kind.values.index(board.kind))
        for board in self.boards:
            self.fields[board.kind] = forms.CharField(
                label=board.get_kind_display(),
                required=False,
                max_length=20_000,
                initial=board.text,
                widget=forms.Textarea(attrs={"rows": 10, "class": "form-control"}),
            )
            self.fields[f"{board.kind}_version"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=board.version
            )

    def edits(self) -> list[BoardEdit]:
        data = self.cleaned_data
        return [
            BoardEdit(b.kind, _unix_newlines(data[b.kind]), data[f"{b.kind}_version"]) for b in self.boards
        ]

    def based_on(self, boards: list[BulletinBoard]) -> "BoardsForm":
        """The same input after an edit conflict, based on `boards` as others saved them; `saved` holds their text."""
        saved_boards = {board.kind: board for board in boards}
        data = self.data.copy()
        data.update({f"{kind}_version": board.version for kind, board in saved_boards.items()})
        form = BoardsForm(data, boards=self.boards)
        form.saved = {kind: board.text for kind, board in saved_boards.items()}
        return form

    saved: dict[str, str] = {}
    offered: dict[str, str] = {}

    def columns(self) -> list[tuple]:
        """Field, version field, text saved by others meanwhile (or None), and the earlier month's text offered for
        appending (or None)."""
        return [
            (self[b.kind], self[f"{b.kind}_version"], self.saved.get(b.kind), self.offered.get(b.kind))
            for b in self.boards
        ]

    def with_earlier(self, earlier: dict[str, str], *, copy: str, append: str) -> "BoardsForm":
        """The same form with an earlier month's texts: `copy` names the board to fill, or `all` of them.

        Input is never overwritten. Text is appended to a board with input only when `append` names it, after the
        editor has seen both; until then `offered` holds the earlier text.
        """
        data, offered = self.data.copy(), {}
        for kind, text in earlier.items():
            typed = _unix_newlines(self.data.get(kind, "")).strip()
            if kind == append:
                data[kind] = f"{typed}\n{text}".strip()
            elif not typed and copy in (kind, "all"):
                data[kind] = text
            elif copy == kind:
                offered[kind] = text
        form = BoardsForm(data, boards=self.boards)
        form.offered = offered
        return form


def _unix_newlines(text: str) -> str:
    """Convert the CRLF that browsers send."""
    return text.replace("\r\n", "\n")


def find_people(access, community, words: str) -> list[Person]:
    """People whose name, pinyin, initials or place contains every word, in pinyin order."""
    if not words.strip():
        return []
    people = rows(Person, access, Permission.PEOPLE_NAMES, community)
    people = people.filter(people_matching(words, access, community))
    return list(people.order_by("name_key", "id")[:MOST_RESULTS])


class RecipientForm(PlainForm):
    """Add one of the people found to the aid list."""

    person = forms.ModelChoiceField(
        label="救助对象",
        queryset=None,
        to_field_name="uuid",
        error_messages={
            "required": "请先查找并选择一个人。",
            "invalid_choice": "台账中没有这个人，请重新查找。",
        },
    )
    aid = forms.CharField(
        label="救助项目", max_length=40, error_messages={"required": "请填写救助项目，如：临时救助。"}
    )
    amount = forms.DecimalField(
        label="金额（元）",
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(0, "金额不能为负数。")],
        error_messages={
            "required": "请填写金额；实物救助填写折合金额或 0。",
            "invalid": "金额应为数字，如：500。",
        },
    )

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = rows(Person, access, Permission.PEOPLE_NAMES, community)
        self.fields["aid"].widget.attrs |= {
            "class": "form-control",
            "list": "usual-aid",
            "autocomplete": "off",
        }
        self.fields["amount"].widget.attrs |= {"class": "form-control", "step": "0.01", "min": "0"}


class DecisionForm(IdempotentFormMixin, forms.Form):
    """Decision of an editor, reviewer or approver on the version that was on the page (`seen`)."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    remark = forms.CharField(
        label="意见",
        required=False,
        max_length=300,
        help_text="退回时请写明要改什么",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )


class MarksForm(PlainForm):
    """Marks of a member of the supervision committee on each item; some may be left open.

    The fields are spread over the page beside the items, and belong to the form `review` by their `form` attribute.
    """

    AGREE, DISAGREE = "agree", "disagree"

    def __init__(self, *args, lines: list[ItemReview], user, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for number, line in enumerate(lines):
            mark = line.mark_of(user)
            self.fields[f"verdict-{number}"] = forms.ChoiceField(
                label=f"审核“{line.item.title}”",
                choices=((self.AGREE, "同意"), (self.DISAGREE, "不同意")),
                required=False,
                initial=mark and (self.AGREE if mark.is_agreed else self.DISAGREE),
                widget=forms.RadioSelect(attrs={"form": "review"}),
            )
            self.fields[f"remark-{number}"] = forms.CharField(
                label=f"对“{line.item.title}”的意见",
                required=False,
                max_length=300,
                initial=mark and mark.remark,
                widget=forms.TextInput(
                    attrs={"form": "review", "class": "form-control", "placeholder": "意见，不同意时必填"}
                ),
            )

    def marks(self) -> list[ItemMark]:
        """Marks of the items for which a choice was made."""
        choices = [
            (line.item.key, self.cleaned_data[f"verdict-{n}"], self.cleaned_data[f"remark-{n}"])
            for n, line in enumerate(self.lines)
        ]
        return [ItemMark(key, verdict == self.AGREE, remark) for key, verdict, remark in choices if verdict]

    def lines_with_fields(self) -> list[tuple]:
        """Each item with its two fields."""
        return [(line, self[f"verdict-{n}"], self[f"remark-{n}"]) for n, line in enumerate(self.lines)]


class BulletinCorrectionForm(IdempotentFormMixin, forms.Form):
    """Reason for correcting a published bulletin."""

    reason = forms.CharField(
        label="更正原因",
        max_length=200,
        help_text="会与新版一起公开",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": "请写明更正原因，原因会与新版一起公开。"},
    )


class WaiverForm(PlainForm):
    """The director's reason for waiving a finding."""

    key = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="公开理由",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": "请写明为什么可以公开，理由会留存备查。"},
    )


class BulletinFilter(PlainForm):
    """Year and state of the list of months."""

    STATES = (
        ("none", "未起草"),
        ("draft", "起草中"),
        ("review", "居务监督委员会审核中"),
        ("agreed", "待批准"),
        ("notice", "公示中"),
        ("over", "公示已结束，有异议待答复"),
        ("archived", "已归档"),
        ("correcting", "更正中"),
    )

    year = forms.TypedChoiceField(label="年份", required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label="状态", required=False, choices=(("", "全部"), *STATES))

    def __init__(self, *args, years: list[int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = (("", "最近的月份"), *((year, f"{year}年") for year in years))
