import datetime

from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from portal.audit.tracking import tracked
from portal.files.models import FileOwner, FileOwnerQuerySet
from portal.pii_scan.declared import INTERNAL
from portal.spreadsheets.headers import header_words


@tracked()
class FormMatch(CommunityRow):
    """Remembered match of form columns to fields, as last confirmed in the community (填表对应)."""

    fingerprint = models.CharField("表头指纹", max_length=64, editable=False)
    """SHA-256 of the normalised header."""
    title = models.CharField("表名", max_length=120)
    """Of the form that was filled last with this header."""
    headers = models.JSONField("栏目", default=list)
    """The columns' names as they are written in the form."""
    fields = models.JSONField("对应的项目", default=list)
    """The field of each column, in their order; empty for one that is left blank."""
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间")

    field_classes = {"public": "fingerprint title headers fields confirmed_by confirmed_at".split()}
    public_texts = dict.fromkeys(("fingerprint", "title", "headers", "fields"), INTERNAL)
    stored_label = "residents.FormMatch"

    class Meta:
        verbose_name = verbose_name_plural = "填表对应"
        ordering = ["-confirmed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "fingerprint"],
                name="formmatch_once",
                violation_error_message="这样的表头已有对应",
            )
        ]

    @property
    def header_words(self) -> list[str]:
        """The headers as pages show them."""
        return [header_words(name) for name in self.headers]

    def __str__(self):
        return self.title


class FormFilling(FileOwner, CommunityRow):
    """An uploaded form to be filled (填表), its stored file, with the choices made so far. Retained for a day."""

    file_lifetime = datetime.timedelta(hours=24)

    class People(models.TextChoices):
        """How people are chosen."""

        FILTER = "filter", "按条件选人"
        LIST = "list", "常用名单"
        FORM = "form", "表中已有的人"

    untracked_because = (
        "It is work under way, gone within a day; what it was filled with stands in the access log."
    )

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="填表人"
    )
    file_name = models.CharField("文件名", max_length=200)
    form = models.JSONField("表的结构", default=dict)
    """Its structure (`portal.form_filling.protocol.ParsedForm`), without the content of filled rows."""
    sheet = models.CharField("工作表", max_length=100, blank=True)
    fields = models.JSONField("对应的项目", default=list)
    """The field of each column, in their order."""
    heads = models.JSONField("户的项目", default=list)
    """The field of each line of a household's block, in their order."""
    blanks = models.JSONField("表头、表尾的填空项", default=dict)
    """Content of the blanks outside the table, by their key."""
    how = models.CharField("选人方式", max_length=6, choices=People, blank=True)
    query = models.CharField("条件", max_length=2_000, blank=True)
    """Query of the register's list, or the uuid of a saved list."""
    whole = models.BooleanField("填写全户", default=False)
    """Whether to fill in whole households of the chosen people, where the form has a block for each."""
    chosen = models.JSONField("选定的人", default=dict)
    """Row of the form -> person id, for rows that name somebody already."""
    reason = models.CharField("理由", max_length=200, blank=True)
    """Why full numbers are filled in, for the job that does it."""
    made_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = FileOwnerQuerySet.as_manager()

    field_classes = {
        "personal": "user file file_name form sheet fields heads blanks how query whole chosen reason made_at".split(),
    }
    stored_label = "residents.FormFilling"

    class Meta:
        verbose_name = verbose_name_plural = "填表"
        ordering = ["-id"]

    def __str__(self):
        return self.file_name
