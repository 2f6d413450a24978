"""Whether people here are invented. Invented ones never stand beside real ones."""

from community.models import Community


def is_demo_deployment() -> bool:
    """Whether there are communities, and all of them are marked as demo, which only `load_demo` and they themselves do."""
    kinds = set(Community.objects.order_by().values_list("is_demo", flat=True).distinct())
    return kinds == {True}
