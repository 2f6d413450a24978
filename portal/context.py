from portal.menu import menu_of


def frame(request):
    """What every page's frame shows: the community with its menu, and what the user may do."""
    access = getattr(request, "access", None)
    community = getattr(request, "community", None)
    return {
        "access": access,
        "community": community,
        "menu": menu_of(access, community, request.path) if access and community else [],
    }
