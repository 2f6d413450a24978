from django.db import models
from django.db.models.functions import Concat, Lower
from django.utils import timezone

from community.communities.models import CommunityRow, Precision
from community.people import codes
from community.people.id_numbers import ID_KINDS
from portal.audit.tracking import tracked
from portal.crypto import vault
from portal.values.partial_dates import PartialDate

ID_COLUMN = "community_person.id_number"


@tracked(exclude=("id_cipher", "haystack"))
class Person(CommunityRow):
    """A person known to a community (人), whether or not they live here.

    A resident is a person with an open residence; heads, post holders, members and donors are people too. Somebody
    known in two communities has two rows, without a link between them.
    """

    class Sex(models.TextChoices):
        MALE = "M", "男"
        FEMALE = "F", "女"

    name = models.CharField("姓名", max_length=60)
    former_name = models.CharField("曾用名", max_length=60, blank=True)
    name_key = models.CharField("拼音", max_length=200, editable=False, default="")
    initials = models.CharField("拼音首字母", max_length=30, editable=False, default="")
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    birth_precision = models.CharField("出生日期精度", max_length=1, choices=Precision, blank=True)
    died_on = models.DateField("死亡日期", null=True, blank=True, editable=False)
    id_kind = models.CharField("证件类别", max_length=20, choices=ID_KINDS, blank=True)
    id_cipher = models.BinaryField("证件号码（加密）", null=True, editable=False)
    id_hash = models.BinaryField("证件号码（检索值）", null=True, editable=False, max_length=32)
    id_mask = models.CharField("证件号码", max_length=40, blank=True, editable=False)
    phone = models.CharField("联系电话", max_length=60, blank=True)
    ethnic = models.CharField(
        "民族", max_length=10, blank=True, choices=[(word, word) for word in codes.ETHNIC]
    )
    registered_place = models.CharField("户籍地址", max_length=120, blank=True)
    education = models.CharField("文化程度", max_length=2, blank=True, choices=codes.EDUCATION)
    marital = models.CharField("婚姻状况", max_length=2, blank=True, choices=codes.MARITAL)
    employment = models.CharField("从业状况", max_length=2, blank=True, choices=codes.EMPLOYMENT)
    workplace = models.CharField("工作单位", max_length=80, blank=True)
    political = models.CharField("政治面貌", max_length=2, blank=True, choices=codes.POLITICAL)
    note = models.CharField("备注", max_length=300, blank=True)
    place_label = models.CharField("住处", max_length=80, blank=True, editable=False, default="")
    """Label of the dwelling lived at, written by residents/ with every change of residence."""
    haystack = models.GeneratedField(
        expression=Lower(
            Concat(
                "name",
                models.Value(" "),
                "former_name",
                models.Value(" "),
                models.Func("name_key", models.Value(" "), models.Value(""), function="REPLACE"),
                models.Value(" "),
                "initials",
                models.Value(" "),
                "phone",
                models.Value(" "),
                "place_label",
            )
        ),
        output_field=models.CharField(max_length=500),
        db_persist=True,
        verbose_name="检索文字",
    )

    empty_with = {"id_cipher": "id_hash"}
    """Columns excluded from the history, each with the column that is empty whenever it is."""

    field_classes = {
        "secret": ("id_cipher", "id_hash", "id_mask"),
        "restricted": ("phone",),
        "personal": (
            "name former_name name_key initials sex birth_date birth_precision died_on id_kind ethnic registered_place"
            " education marital employment workplace political note place_label haystack"
        ).split(),
    }
    stored_label = "community.Person"

    class Meta:
        verbose_name = "居民"
        verbose_name_plural = "居民"
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "id_hash"],
                name="person_id_once",
                violation_error_message="本社区已有这个证件号码的人，请先查找",
            ),
            models.CheckConstraint(
                condition=models.Q(id_cipher__isnull=True, id_hash__isnull=True, id_mask="")
                | models.Q(id_cipher__isnull=False, id_hash__isnull=False) & ~models.Q(id_mask=""),
                name="person_id_complete",
                violation_error_message="证件号码没有完整保存，请重新填写",
            ),
            models.CheckConstraint(
                condition=models.Q(birth_date__isnull=True, birth_precision="")
                | models.Q(birth_date__isnull=False) & ~models.Q(birth_precision=""),
                name="person_birth_precision",
                violation_error_message="出生日期与其精度应同时填写",
            ),
        ]
        indexes = [
            # The list and the search of one community in pinyin order, without touching the table.
            models.Index(fields=["community", "name_key", "id"], include=["haystack"], name="person_search"),
            models.Index(fields=["community", "birth_date"], name="person_birth"),
            # How many live here, without a look at the rows.
            models.Index(fields=["community"], condition=~models.Q(place_label=""), name="person_lives_here"),
        ]

    def __str__(self):
        return self.name

    @property
    def birth(self) -> PartialDate | None:
        """Birth date with the precision that was given."""
        return PartialDate(self.birth_date, self.birth_precision) if self.birth_date else None

    def age_on(self, day) -> int | None:
        """Full years on `day`; None without a birth date. With a year or month only, as if on its first day."""
        if self.birth_date is None:
            return None
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def age(self) -> int | None:
        return self.age_on(self.died_on or timezone.localdate())

    def set_id(self, kind: str, number: str, mask: str) -> None:
        """Set the certificate: encrypted for this row, with a keyed hash for search, shown as `mask`."""
        self.id_kind = kind
        self.id_cipher = vault.encrypt(number, ID_COLUMN, self.uuid)
        self.id_hash = vault.blind_index(number, ID_COLUMN)
        self.id_mask = mask

    def read_id(self) -> str:
        """The full number. Raises vault.SecretUnreadable; the caller logs the access first."""
        return vault.decrypt(self.id_cipher, ID_COLUMN, self.uuid) if self.id_cipher else ""
