"""Audit history of rows, written by database triggers (django-pghistory).

Every insert, update and delete of a tracked row writes an event, whatever caused it. User, action, reason and
request are columns of the event row; `portal.scope` sets them for the
transaction, so bulk statements and SQL are covered without pghistory's own statement wrapper.
"""

import pghistory
import pghistory.models
from django.db import models

from portal.scoping import ScopedQuerySet


class EventBase(pghistory.models.Event):
    """Base of the event tables: 64-bit key, scoped like the tracked row itself."""

    pgh_id = models.BigAutoField(primary_key=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


def tracked(*, exclude: tuple[str, ...] = ()):
    """Class decorator: keep the history of this model's rows. `exclude` names encrypted columns."""

    def track(model: type[models.Model]) -> type[models.Model]:
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude),
            model_name=f"{model.__name__}Event",
            # Deleted rows keep their events; grants and policies make the table append-only.
            obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
            context_field=pghistory.ContextJSONField(),
            context_id_field=pghistory.ContextUUIDField(),
            level=pghistory.Statement,
            base_model=EventBase,
            meta={"ordering": ["-pgh_id"]},
        )(model)

    return track
