from portal.menu.menu import menu_of


def page_frame(request):
    """Context processor of the page frame: the community, its menu, and the user's access."""
    access = getattr(request, "access", None)
    community = getattr(request, "community", None)
    return {
        "access": access,
        "community": community,
        "menu": menu_of(access, community, request.path) if access and community else [],
    }
