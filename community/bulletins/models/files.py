"""Public files of a bulletin, and photos of the boards on which it is posted."""

from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from portal.access.db_scope import PUBLIC
from portal.access.querysets import ScopedForeignKey
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import Scan, Unscanned


@tracked()
class BulletinFile(CommunityRow):
    """A public file of a month's bulletin (公开附件), added to its draft.

    The bytes are stored at `path`. A published version refers to its files in its snapshot, with their hashes, so the
    bytes stay when the file is removed from a later draft.
    """

    bulletin = ScopedForeignKey(
        "community.Bulletin", related_name="files", verbose_name="每月公开", db_index=False
    )
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField("校验值", max_length=64)
    findings = models.JSONField("检查结果", default=list, blank=True)
    """Findings of the scan at upload: place, kind and masked text of each."""
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="上传人"
    )
    added_at = models.DateTimeField("上传时间", auto_now_add=True)

    field_classes = {
        "public": ("bulletin", "name", "size", "sha256"),
        "personal": ("findings", "added_by", "added_at"),
    }
    public_texts = {"name": Scan.AT_PUBLICATION, "sha256": Unscanned("A digest.")}
    stored_label = "community.BulletinFile"

    class Meta:
        verbose_name = verbose_name_plural = "公开附件"
        ordering = ["bulletin", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "bulletin", "name"],
                name="bulletinfile_name_once",
                violation_error_message="已有同名的附件",
            ),
            models.UniqueConstraint(
                fields=["community", "bulletin", "sha256"],
                name="bulletinfile_once",
                violation_error_message="这份文件已经上传过",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def path(self) -> str:
        """Path of the bytes in the storage."""
        return file_path(str(self.uuid), self.name)


def file_path(uuid: str, name: str) -> str:
    """Storage path of a bulletin's file; the view sets the name of the download."""
    return f"bulletins/files/{uuid}.{name.rpartition('.')[2].lower()}"


@tracked()
class BulletinPhoto(CommunityRow):
    """A public photo of a board on which a published bulletin is posted (张贴照片), as proof of posting.

    `medium` is a registered board; without one it is a temporary board at `place`.
    """

    row_security = RowSecurity(open_to=(PUBLIC,), street=True)
    bulletin_version = ScopedForeignKey(
        "community.BulletinVersion", related_name="photos", verbose_name="公开版本", db_index=False
    )
    medium = ScopedForeignKey(
        "community.Medium",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="宣传阵地",
        db_index=False,
    )
    place = models.CharField("位置", max_length=100)
    """Name of the place when the photo was taken; public readers cannot see the register."""
    posted_on = models.DateField("张贴日期")
    taken_down_on = models.DateField("取下日期", null=True, blank=True)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField("校验值", max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="上传人"
    )
    added_at = models.DateTimeField("上传时间", auto_now_add=True)

    field_classes = {
        "public": (
            "bulletin_version medium place posted_on taken_down_on size sha256 added_by added_at"
        ).split()
    }
    public_texts = {"place": Scan.AT_PUBLICATION, "sha256": Unscanned("A digest.")}
    stored_label = "community.BulletinPhoto"

    class Meta:
        verbose_name = verbose_name_plural = "张贴照片"
        ordering = ["bulletin_version", "posted_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "bulletin_version", "sha256"],
                name="bulletinphoto_once",
                violation_error_message="这张照片已经上传过",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_down_on__isnull=True)
                | models.Q(taken_down_on__gte=models.F("posted_on")),
                name="bulletinphoto_order",
                violation_error_message="取下日期不能早于张贴日期",
            ),
        ]

    def __str__(self):
        return f"{self.place} {self.posted_on}"

    @property
    def path(self) -> str:
        """Path of the picture in the storage."""
        return f"bulletins/photos/{self.uuid}.jpg"
