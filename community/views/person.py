from django.shortcuts import render

from community.finding import person_has
from community.forms.person import person_label
from community.models import Person
from portal.permissions import Permission
from portal.scoping import rows
from portal.views.base import needs


@needs(Permission.PEOPLE_NAMES)
def pick(request):
    """Suggestions for a typed name: by Chinese, pinyin, initials or place."""
    return suggestions(request, Permission.PEOPLE_NAMES)


def suggestions(request, right: Permission, *, dead: bool = False):
    """The people whom the typed words may mean, for holders of `right`; the living ones, or the `dead` as well."""
    people = rows(Person, request.access, right, request.community)
    if not dead:
        people = people.filter(died_on__isnull=True)
    words = request.GET.get("q", "").lower().replace("｜", " ").split()
    for word in words:
        people = people.filter(person_has(word, request.access, request.community))
    found = people.order_by("name_key", "id")[:20] if words else ()
    return render(request, "generic/pick.html", {"labels": [person_label(person) for person in found]})
