"""Foreign-key graph of the models, including apps above: derived from the models, not from a list kept by hand."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models


def relations_to(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    """Every foreign key to `model`, also from itself; history tables are left out."""
    for each in apps.get_models():
        if not is_history(each):
            yield from (f for f in each._meta.local_fields if f.is_relation and f.related_model is model)


def is_history(model: type[models.Model]) -> bool:
    """Whether it is a history (event) model."""
    return model._meta.pk.name == "pgh_id"


def model_of(stored_label: str) -> type[models.Model]:
    """The model that declares this `stored_label`: the text by which rows name a model. Raises LookupError."""
    for model in apps.get_models():
        if getattr(model, "stored_label", None) == stored_label:
            return model
    raise LookupError(stored_label)


def history_model(model: type[models.Model]) -> type[models.Model] | None:
    """The history (event) model of a tracked model."""
    return getattr(model, "pgh_event_model", None)


def has_community(model: type[models.Model]) -> bool:
    """Whether its rows belong to communities."""
    return any(field.column == "community_id" for field in model._meta.local_fields)
