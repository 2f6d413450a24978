from django.core.validators import RegexValidator
from django.db import models

from portal.disclosing import Unscanned


class Street(models.Model):
    """A street office (街道办事处) above several communities. Its name is public."""

    code = models.CharField(
        "区划代码", max_length=9, unique=True, validators=[RegexValidator(r"^\d{9}$", "街道代码为9位数字")]
    )
    name = models.CharField("名称", max_length=60)

    field_classes = {"public": ("code", "name")}
    public_texts = {
        "code": Unscanned("Nine digits of the statistics office."),
        "name": Unscanned("Given by the operator in a command; no form writes it."),
    }
    stored_label = "community.Street"

    class Meta:
        verbose_name = "街道"
        verbose_name_plural = "街道"
        ordering = ["code"]

    def __str__(self):
        return self.name
