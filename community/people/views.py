from community.people.forms import person_hint, person_label
from community.people.models import Person
from community.people.search import people_matching
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.register_pages.views import options_response


@needs(Permission.PEOPLE_NAMES)
def pick_person(request):
    """Suggestions for a typed name: by Chinese, pinyin, initials or place."""
    return suggestions(request, Permission.PEOPLE_NAMES)


def suggestions(request, right: Permission, *, dead: bool = False):
    """Suggestions of people for the typed words, for holders of `right`; with `dead` also those who died."""
    people = rows(Person, request.access, right, request.community)
    if not dead:
        people = people.filter(died_on__isnull=True)
    text = request.GET.get("q", "").replace("｜", " ").strip()
    if not text:
        return options_response(request, ())
    people = people.filter(people_matching(text, request.access, request.community)).order_by(
        "name_key", "id"
    )
    return options_response(request, ((person_label(person), person_hint(person)) for person in people[:20]))
