"""Abstract models of cases and their steps. Tables are the noun's own, since row security by right needs that."""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.access.querysets import ScopedQuerySet
from portal.cases.declaration import Course


class CaseQuerySet(ScopedQuerySet):
    def open(self):
        """Cases that are not closed."""
        return self.filter(self.is_open())

    def overdue(self, at: datetime.datetime):
        """Open cases whose deadline is past and whose clock runs."""
        return self.filter(self.is_overdue(at))

    def owned_by(self, *users):
        """Open cases of these owners, by object or id."""
        return self.open().filter(owner__in=users)

    def unread(self):
        """Open cases in hand whose last step is the resident's: nobody has acted on it."""
        return self.filter(self.is_unread())

    # The conditions of these, for counts of several at once

    def is_open(self) -> Q:
        """The date says the same as the state, and is what indexes begin with."""
        return Q(state__in=self.model.course.open_states, ended_at__isnull=True)

    def is_overdue(self, at: datetime.datetime) -> Q:
        return self.is_open() & Q(due__lt=at, paused_on__isnull=True, answered_at__isnull=True)

    def is_unread(self) -> Q:
        last = self.has_last_step(*self.model.course.resident_steps, by=None)
        return self.is_open() & Q(owner__isnull=False) & Q(last)

    def has_last_step(self, *names: str, **conditions) -> models.Exists:
        """Condition: the last step of the case is one of these."""
        steps = self.model._meta.get_field("steps").related_model._default_manager
        last = {
            "community": models.OuterRef("community"),
            "case": models.OuterRef("pk"),
            "number": models.OuterRef("version"),
        }
        return models.Exists(steps.filter(**last, name__in=names, **conditions))


class Case(models.Model):
    """A case with a state, an owner and a clock. A state changes by a declared step only (`portal.cases.actions`).

    The concrete model is a `CommunityRow`, whose version counts its steps; it names its `course`, and the choices of
    its `state`.
    """

    course: Course

    state = models.CharField("状态", max_length=16)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="承办人",
    )
    received_at = models.DateTimeField("收到时间", default=timezone.now)
    clock_rule = models.CharField("期限依据", max_length=60, blank=True)
    """Key of the dated rule, or words, by which the deadline came about."""
    clock_start = models.DateField("期限起算日", null=True, blank=True)
    clock_days = models.PositiveSmallIntegerField("期限长度", null=True, blank=True)
    """In the unit of the course."""
    clock_shift = models.PositiveSmallIntegerField("期限顺延（工作日）", default=0, db_default=0)
    """Working days by which pauses and an extension put the deadline off."""
    due = models.DateTimeField("办理期限", null=True, blank=True)
    is_provisional = models.BooleanField("期限待节假日公布后核定", default=False)
    paused_on = models.DateField("期限中止日", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    """Of the last answer; empty while one is due."""
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        abstract = True

    def step_right(self) -> dict[str, str]:
        """Column of the right that a step copies from its case, where the rows of the table ask a right of their own."""
        return {}

    def private_phones(self) -> Sequence[str]:
        """Numbers at which whoever sent the case can be called; none of them belongs in a public reply."""
        return ()

    @property
    def is_open(self) -> bool:
        return not self.course.state(self.state).is_end

    def is_overdue(self, at: datetime.datetime) -> bool:
        """Whether an answer is late now."""
        return bool(
            self.is_open and self.due and self.due < at and not self.paused_on and not self.answered_at
        )


class CaseStep(models.Model):
    """A step of a case: inserted with the state that it saw, never changed.

    The concrete model is a `CommunityRow` with a `ScopedForeignKey` named `case`, unique with `number`.
    """

    number = models.PositiveIntegerField("序号")
    """Version of the case after the step: of two steps that saw the same case, the second one breaks the unique rule."""
    name = models.CharField("步骤", max_length=20)
    before = models.CharField("原状态", max_length=16, blank=True)
    after = models.CharField("状态", max_length=16)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="经办人",
    )
    """None: the resident or the portal."""
    at = models.DateTimeField("时间", default=timezone.now)
    text = models.TextField("内容", max_length=2000, blank=True)
    to_resident = models.BooleanField("给居民看", default=False)
    details = models.JSONField("其他内容", default=dict, blank=True)
    """What else the step asked, by words for the course: {"承办单位": "城管中队"}."""

    class Meta:
        abstract = True

    def __str__(self):
        step = self._meta.get_field("case").related_model.course.by_name.get(self.name)
        return step.done if step else self.name
