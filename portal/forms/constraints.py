"""Translate violated database constraints into sentences for the user and the form fields they concern."""

from dataclasses import dataclass

from django.apps import apps
from django.db import DataError, IntegrityError, models
from psycopg import errors

_DUPLICATE = "已有相同的记录，请核对"
_INVALID = "填写的内容太长，数字太大，或者含有不能保存的字符，请改正后再提交"
_MISSING = "所选的记录刚刚被删除，或者还有其他记录与它相关，请核对后再提交"


@dataclass(frozen=True, slots=True)
class Violation:
    """A violated constraint. `fields` are the model's; the message is shown at the last one, or above the form if none."""

    rule: str
    fields: tuple[str, ...]
    sentence: str


def violation_of(error: Exception) -> Violation | None:
    """The constraint that a statement violated; None where no user input can have caused it (NOT NULL, for example)."""
    if isinstance(error, DataError):
        return Violation("", (), _INVALID)
    if not isinstance(error, IntegrityError):
        return None
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    model = next((m for m in apps.get_models() if name and m._meta.db_table == diagnosis.table_name), None)
    if model is None:
        return None
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return violation_of_constraint(constraint)
    fields = {f"{model._meta.db_table}_{field.column}_": field for field in model._meta.concrete_fields}
    field = next((field for prefix, field in fields.items() if name.startswith(prefix)), None)
    if isinstance(error.__cause__, errors.ForeignKeyViolation):
        return Violation(name, (field.name,) if field else (), _MISSING)
    if field is not None and field.unique:
        return Violation(name, (field.name,), f"{field.verbose_name}已有人使用，请换一个")
    return None


def violation_of_constraint(constraint: models.BaseConstraint) -> Violation:
    """A model constraint as a violation, with its `violation_error_message` as the sentence."""
    worded = constraint.violation_error_message != constraint.default_violation_error_message
    sentence = str(constraint.violation_error_message) if worded else _DUPLICATE
    return Violation(constraint.name, _fields_of(constraint), sentence)


def _fields_of(constraint: models.BaseConstraint) -> tuple[str, ...]:
    if isinstance(constraint, models.UniqueConstraint):
        return tuple(name for name in constraint.fields if name != "community")
    if isinstance(constraint, models.CheckConstraint):
        names = constraint.condition.referenced_base_fields
        return tuple(names) if len(names) == 1 else ()
    return ()
