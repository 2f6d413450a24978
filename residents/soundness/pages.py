"""Addresses that the findings lead to."""

from django.urls import reverse


def page(community, noun: str, row, action: str = "detail") -> str:
    """A page of the register of a noun."""
    return reverse(f"residents:{noun}_{action}", kwargs={"community": community.code, "row": row.uuid})


def event(community, name: str, **about) -> str:
    """The form of an event about a person, a household or a dwelling."""
    ((noun, row),) = about.items()
    return reverse(f"residents:event_{name}", kwargs={"community": community.code, noun: row.uuid})


def merging(community, person, other) -> str:
    """Two people side by side."""
    kwargs = {"community": community.code, "person": person.uuid, "other": other.uuid}
    return reverse("residents:person_merge", kwargs=kwargs)
