from django.conf import settings


def frame(request):
    """What every page's frame shows: the community, the user's roles, and whether this is a demonstration."""
    access = getattr(request, "access", None)
    return {
        "access": access,
        "community": getattr(request, "community", None),
        "portal_https": settings.HTTPS,
    }
