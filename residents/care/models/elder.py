from django.db import models

from portal.audit.tracking import tracked
from portal.crypto.encrypted_fields import secret_columns_constraint
from residents.care.models.base import PersonCare, amount_field, not_negative


@tracked(exclude=("bank_card_cipher",))
class Elder(PersonCare):
    """An elderly person (老年人): the allowance, and the last check of being alive.

    Whether they live alone follows from the residences; `alone_as_told` is for those who live elsewhere.
    """

    allowance = amount_field("津贴标准（元/月）")
    bank_card_cipher = models.BinaryField("银行卡号（加密）", null=True, editable=False)
    bank_card_hash = models.BinaryField("银行卡号（检索值）", null=True, editable=False, max_length=32)
    bank_card_mask = models.CharField("银行卡号", max_length=40, blank=True, editable=False)
    checked_on = models.DateField("上次生存认证", null=True, blank=True)
    due = models.DateField("下次生存认证", null=True, blank=True)
    alone_as_told = models.BooleanField("独居（本人说明）", null=True, blank=True)

    empty_with = {"bank_card_cipher": "bank_card_hash"}

    field_classes = {
        "secret": ("bank_card_cipher", "bank_card_hash", "bank_card_mask"),
        "personal": (*PersonCare.personal, "allowance", "checked_on", "alone_as_told"),
    }
    stored_label = "residents.Elder"
    encryption_contexts = {"bank_card": "residents_elder.bank_card"}

    class Meta(PersonCare.Meta):
        verbose_name = verbose_name_plural = "老年人"
        constraints = [
            *PersonCare.Meta.constraints,
            secret_columns_constraint("bank_card", "银行卡号"),
            models.CheckConstraint(
                condition=not_negative("allowance"),
                name="elder_allowance",
                violation_error_message="津贴标准不能小于 0",
            ),
        ]
