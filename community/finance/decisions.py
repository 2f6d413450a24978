"""Forms on several entries at once: which are approved, with the reasons beside; voucher numbers. One row an entry."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django import forms

from community.finance.models import FinanceEntry
from portal.forms.forms import PlainForm


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry with the fields of the form, and what it exceeds."""

    entry: FinanceEntry
    fields: Sequence[forms.BoundField]
    exceeds: Sequence[str] = ()
    papers: int = 0


class _EntriesForm(PlainForm):
    """Base: fields for each entry, named after it; `version` is the one that the page showed."""

    names: tuple[str, ...]

    def __init__(self, *args, entries: Collection[FinanceEntry], **kwargs):
        super().__init__(*args, **kwargs)
        self.entries = list(entries)
        for entry in self.entries:
            for name, field in self.fields_of(entry).items():
                self.fields[self.name(name, entry)] = field
            version = forms.IntegerField(widget=forms.HiddenInput, initial=entry.version)
            self.fields[self.name("version", entry)] = version

    def fields_of(self, entry: FinanceEntry) -> dict[str, forms.Field]:
        raise NotImplementedError

    def clean(self):
        data = super().clean()
        sent = {name for name in self.data if name.startswith("version-")}
        if sent - self.fields.keys():
            raise forms.ValidationError("有的记录刚刚被别人处理，已不在下面，请核对后再提交。")
        return data

    @staticmethod
    def name(name: str, entry: FinanceEntry) -> str:
        """Name of an entry's field."""
        return f"{name}-{entry.uuid}"

    def value(self, name: str, entry: FinanceEntry):
        return self.cleaned_data.get(self.name(name, entry))

    def line(self, entry: FinanceEntry, **more) -> EntryLine:
        return EntryLine(entry, [self[self.name(name, entry)] for name in self.names], **more)


class ApproveForm(_EntriesForm):
    """Which of the waiting entries are approved, with the reason of each that exceeds a limit."""

    names = ("approve", "because")

    def __init__(self, *args, exceeds: dict[FinanceEntry, list[str]], papers: dict[int, int], **kwargs):
        self.exceeds, self.papers = exceeds, papers
        super().__init__(*args, **kwargs)

    def fields_of(self, entry):
        is_only = len(self.entries) == 1
        approve = forms.BooleanField(label=f"同意{entry}", required=False, initial=is_only)
        because = forms.CharField(label=f"{entry}的超限原因", max_length=200, required=False)
        return {"approve": approve, "because": because}

    @property
    def lines(self) -> list[EntryLine]:
        return [
            self.line(entry, exceeds=self.exceeds[entry], papers=self.papers.get(entry.pk, 0))
            for entry in self.entries
        ]

    def clean(self):
        data = super().clean()
        if not self.errors and not self.chosen:
            raise forms.ValidationError("请勾选要审批的记录。")
        for entry in self.chosen:
            if self.exceeds[entry] and not self.value("because", entry):
                self.add_error(self.name("because", entry), "超出限额，同意的请写明原因。")
        return data

    @property
    def chosen(self) -> list[FinanceEntry]:
        return [entry for entry in self.entries if self.value("approve", entry)]


class VouchersForm(_EntriesForm):
    """Voucher numbers of several entries."""

    names = ("voucher",)

    def fields_of(self, entry):
        return {"voucher": forms.CharField(label=f"{entry}的凭证号", max_length=30, required=False)}

    @property
    def lines(self) -> list[EntryLine]:
        return [self.line(entry) for entry in self.entries]

    def clean(self):
        data = super().clean()
        if not self.errors and not self.numbers:
            raise forms.ValidationError("请至少填写一个凭证号。")
        return data

    @property
    def numbers(self) -> list[tuple[FinanceEntry, str]]:
        """Entries with the number typed for them."""
        pairs = [(entry, self.value("voucher", entry)) for entry in self.entries]
        return [(entry, number) for entry, number in pairs if number]
