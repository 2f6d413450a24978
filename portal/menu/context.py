from django.utils.functional import SimpleLazyObject

from portal.access.db_scope import APP, scope
from portal.access.url_spaces import role_of
from portal.menu.frame import PageFrame
from portal.todo.counts import StoredCount, stored_count


def page_frame(request):
    """Context processor of the page frame: the community, its menus, the user's access, and the number beside 待办.

    Only pages that show the number ask for it. A phone session has no to-do.
    """
    access = getattr(request, "access", None)
    community = getattr(request, "community", None)
    has_todo = access is not None and request.phone is None
    return {
        "access": access,
        "community": community,
        "frame": PageFrame(request) if access and community else None,
        "todo_count": SimpleLazyObject(lambda: _todo_count(request)) if has_todo else StoredCount(),
    }


def _todo_count(request) -> StoredCount:
    if role_of(request.path_info) is not None:
        return stored_count(request.access)
    with scope(APP, user_id=request.user.pk, action="todo"):  # the administrator's page runs without one
        return stored_count(request.access)
