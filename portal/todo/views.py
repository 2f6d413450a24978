"""To-do page of a user over all apps and all places where they hold roles."""

from django import forms
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from portal.access.permissions import Permission
from portal.access.url_spaces import HEAD_PATH, MEMBER_PATH, STREET_PATH
from portal.forms.forms import PlainForm
from portal.todo import reminders
from portal.todo.counts import store_counts, todo_places, urgent_count
from portal.todo.groups import todo_groups
from portal.todo.todo import todo_of


@require_GET
def todo(request):
    """To-do by group, and items new since the last visit."""
    access, today = request.access, timezone.localdate()
    entries = todo_of(access, today)
    store_counts(access, entries, todo_places(access).values())
    new, up_to = reminders.unread(request.user, entries)
    context = {
        "today": today,
        "groups": todo_groups(entries),
        "new": new,
        "up_to": up_to,
        "places": [(place, access.role_names(place)) for place in access.communities],
        "head_path": HEAD_PATH,
        "member_path": MEMBER_PATH,
        "street_path": STREET_PATH,
        "is_admin": access.can(Permission.DEPLOYMENT),
    }
    return render(request, "portal/todo/todo.html", context)


@require_GET
def count(request):
    """The current number beside 待办, for the page that is open."""
    number = urgent_count(request.access)
    return render(request, "components/todo_count.html", {"number": number})


class ReadForm(PlainForm):
    up_to = forms.IntegerField(min_value=0, max_value=2**63 - 1)


@require_POST
def read(request):
    """Mark the reminders on the page as read."""
    form = ReadForm(request.POST)
    if form.is_valid():
        reminders.mark_read(request.user, form.cleaned_data["up_to"])
    return redirect("portal:todo")
