"""Encrypted fields: each secret of a row is encrypted, searchable by a keyed hash, and shown masked.

The secret `x` of a model has three columns: `x_cipher` (not in the history), `x_hash` and `x_mask`.
"""

from django.db import models
from django.db.models import Q

from portal.crypto import vault
from portal.values.id_numbers import mask_id


def secret_context(model, name: str) -> str:
    """Encryption context of a secret: what its values are bound to besides the row, as `encryption_contexts` declares."""
    return model.encryption_contexts[name]


def put_secret(row, name: str, value: str) -> None:
    """Set a secret of `row`; an empty value removes it."""
    column = secret_context(row, name)
    setattr(row, f"{name}_cipher", vault.encrypt(value, column, row.uuid) if value else None)
    setattr(row, f"{name}_hash", vault.blind_index(value, column) if value else None)
    setattr(row, f"{name}_mask", mask_id(value))


def read_secret(row, name: str) -> str:
    """Decrypt a secret. Raises vault.SecretUnreadable; the caller logs the access first."""
    sealed = getattr(row, f"{name}_cipher")
    return vault.decrypt(sealed, secret_context(row, name), row.uuid) if sealed else ""


def mask_of(row, name: str) -> str:
    """Masked secret, for everybody who may see the row."""
    return getattr(row, f"{name}_mask")


def label_of(model, name: str) -> str:
    """Label of the secret."""
    return str(model._meta.get_field(f"{name}_mask").verbose_name)


def secret_equals(row, name: str, value: str) -> bool:
    """Whether `value` equals the stored secret."""
    stored_hash = getattr(row, f"{name}_hash")
    return stored_hash is not None and bytes(stored_hash) == vault.blind_index(
        value, secret_context(row, name)
    )


def secret_columns_constraint(name: str, label: str) -> models.CheckConstraint:
    """Constraint that the three columns of a secret are all filled or all empty."""
    none = Q(**{f"{name}_cipher__isnull": True, f"{name}_hash__isnull": True, f"{name}_mask": ""})
    all_three = Q(**{f"{name}_cipher__isnull": False, f"{name}_hash__isnull": False})
    return models.CheckConstraint(
        condition=none | all_three & ~Q(**{f"{name}_mask": ""}),
        name=f"%(class)s_{name}_whole",
        violation_error_message=f"{label}没有完整保存，请重新填写",
    )
