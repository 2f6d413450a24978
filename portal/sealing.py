"""Secrets of a row: encrypted, found by a keyed hash, shown masked.

The secret `x` of a model is three columns: `x_cipher` (which the history leaves out), `x_hash` and `x_mask`.
"""

from django.db import models
from django.db.models import Q

from portal import vault
from portal.id_numbers import mask_id


def column_of(model, name: str) -> str:
    """Encryption context of a secret: what its values are bound to besides the row, as `encryption_contexts` declares."""
    return model.encryption_contexts[name]


def put_secret(row, name: str, value: str) -> None:
    """Set a secret of `row`; an empty one takes it away."""
    column = column_of(row, name)
    setattr(row, f"{name}_cipher", vault.encrypt(value, column, row.uuid) if value else None)
    setattr(row, f"{name}_hash", vault.blind_index(value, column) if value else None)
    setattr(row, f"{name}_mask", mask_id(value))


def read_secret(row, name: str) -> str:
    """The value. Raises vault.SecretUnreadable; the caller logs the access first."""
    sealed = getattr(row, f"{name}_cipher")
    return vault.decrypt(sealed, column_of(row, name), row.uuid) if sealed else ""


def mask_of(row, name: str) -> str:
    """What everybody who sees the row sees of the secret."""
    return getattr(row, f"{name}_mask")


def label_of(model, name: str) -> str:
    """What the secret is called."""
    return str(model._meta.get_field(f"{name}_mask").verbose_name)


def is_same(row, name: str, value: str) -> bool:
    """Whether `value` is the one that is kept."""
    kept = getattr(row, f"{name}_hash")
    return kept is not None and bytes(kept) == vault.blind_index(value, column_of(row, name))


def kept_whole(name: str, label: str) -> models.CheckConstraint:
    """The rule that the three columns of a secret are filled together."""
    none = Q(**{f"{name}_cipher__isnull": True, f"{name}_hash__isnull": True, f"{name}_mask": ""})
    all_three = Q(**{f"{name}_cipher__isnull": False, f"{name}_hash__isnull": False})
    return models.CheckConstraint(
        condition=none | all_three & ~Q(**{f"{name}_mask": ""}),
        name=f"%(class)s_{name}_whole",
        violation_error_message=f"{label}没有完整保存，请重新填写",
    )
