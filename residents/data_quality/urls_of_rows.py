"""URLs to which findings link."""

from django.urls import reverse


def page(community, noun: str, row, action: str = "detail") -> str:
    """URL of a row's page in its register."""
    return reverse(f"residents:{noun}_{action}", kwargs={"community": community.code, "row": row.uuid})


def event(community, name: str, **about) -> str:
    """URL of an event form for a person, household or dwelling."""
    ((noun, row),) = about.items()
    return reverse(f"residents:event_{name}", kwargs={"community": community.code, noun: row.uuid})


def merging(community, person, other) -> str:
    """URL of the merge preview of two people."""
    kwargs = {"community": community.code, "person": person.uuid, "other": other.uuid}
    return reverse("residents:person_merge", kwargs=kwargs)
