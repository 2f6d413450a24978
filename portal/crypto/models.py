import uuid

from django.db import models


class KeyCheck(models.Model):
    """Key check value (密钥核对值): a known text encrypted under each key, to detect wrong or missing keys early."""

    name = models.CharField("密钥", max_length=10, unique=True)
    """Id of the data key, or `index`."""
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False)
    value = models.BinaryField("核对值")
    stored_label = "portal.KeyCanary"

    class Meta:
        verbose_name = "密钥核对值"
        verbose_name_plural = "密钥核对值"
        ordering = ["id"]
