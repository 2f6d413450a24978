"""A refused action on its form."""

from portal.refusals import Refusal


def add_refusal(form, refusal: Refusal) -> None:
    """Add the sentence of a refusal as an error of the field it is about."""
    form.add_error(refusal.field if refusal.field in form.fields else None, f"{refusal}。")
