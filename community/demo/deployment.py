"""Whether this deployment is a demo. Invented people are never mixed with real ones."""

from community.communities.models import Community


def is_demo_deployment() -> bool:
    """Whether there are communities and all of them are marked as demo; only `load_demo` and the street of a demo set that mark."""
    kinds = set(Community.objects.order_by().values_list("is_demo", flat=True).distinct())
    return kinds == {True}
