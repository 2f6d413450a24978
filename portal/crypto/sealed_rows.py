"""Rows whose facts are one encrypted JSON text."""

import json
import uuid

from django.db import models

from portal.crypto import vault


class SealedRow(models.Model):
    """Mixin of a row with a `uuid`: its facts are one encrypted JSON text, bound to its table and uuid.

    The model names the column in `encryption_contexts`, leaves it out of its history, and answers the hook SECRETS.
    """

    sealed = models.BinaryField("内容（加密）", editable=False)

    class Meta:
        abstract = True

    @classmethod
    def sealed_column(cls) -> str:
        """The name of the column to which values are bound."""
        return cls.encryption_contexts["sealed"]

    @classmethod
    def seal(cls, facts: dict, row: uuid.UUID) -> bytes:
        """The column's value for the row with this uuid."""
        return vault.encrypt(json.dumps(facts, ensure_ascii=False), cls.sealed_column(), row)

    def put(self, facts: dict) -> None:
        """Set the facts."""
        self.sealed = self.seal(facts, self.uuid)

    def read(self) -> dict:
        """The facts. Raises vault.SecretUnreadable; who shows them logs the access first."""
        return json.loads(vault.decrypt(self.sealed, self.sealed_column(), self.uuid))
