from collections.abc import Collection

from django import forms

from community.bulletins.review_items import ItemReview
from portal.forms.idempotency import IdempotentFormMixin


class JointAgreementForm(IdempotentFormMixin, forms.Form):
    """Ticks of the items whose titles a member of the supervision committee has looked at and agrees to."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    items = forms.MultipleChoiceField(
        label="勾选同意的条目",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请勾选已阅看并同意的条目。",
            "invalid_choice": "有条目刚刚已有审核意见或检查结果，请按现在的列表重新勾选。",
            "invalid_list": "请勾选已阅看并同意的条目。",
        },
    )

    def __init__(self, *args, offered: list[ItemReview], changed: Collection[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [
            (review.item.key, _label(review, review.item.key in changed)) for review in offered
        ]


def _label(review: ItemReview, is_changed: bool) -> str:
    notes = ["内容已改，须重新审核"] if review.outdated else []
    if is_changed:
        notes.append("提交以后台账有变化")
    return review.item.title + (f"（{'；'.join(notes)}）" if notes else "")
