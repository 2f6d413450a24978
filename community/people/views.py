import re

from community.people.forms import person_facts, person_label
from community.people.models import Person
from community.people.search import people_matching
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.hooks.registry import Hook, call_hooks
from portal.register_pages.picking import SUGGESTED, PickOption, new_row, options_response

_NAME = re.compile(r"[\u4e00-\u9fff·]{2,30}")


@needs(Permission.PEOPLE_NAMES)
def pick_person(request):
    """Suggestions for a typed name: by Chinese, pinyin, initials or place."""
    return suggestions(request, Permission.PEOPLE_NAMES)


def suggestions(request, right: Permission, *, dead: bool = False):
    """Suggestions of people for the typed words, for holders of `right`; with `dead` also those who died."""
    access, community = request.access, request.community
    people = rows(Person, access, right, community)
    if not dead:
        people = people.filter(died_on__isnull=True)
    text = request.GET.get("q", "").replace("｜", " ").strip()
    if not text:
        return options_response(request, ())
    matches = people.filter(people_matching(text, access, community)).order_by("name_key", "id")[:SUGGESTED]
    roles: dict[int, str] = {}
    for words in call_hooks(Hook.PERSON_ROLES, access, community, [person.pk for person in matches]):
        roles |= words
    options = [
        PickOption(
            person_label(person),
            person.name,
            person_facts(person),
            person.place_label,
            roles.get(person.pk, ""),
        )
        for person in matches
    ]
    initial = {"name": text} if _NAME.fullmatch(text) else {}
    return options_response(request, options, new_row(Person, access, community, "人", **initial))
