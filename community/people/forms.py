import uuid

from django.urls import reverse

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.forms.forms import PickField


def person_label(person) -> str:
    """Label of a person in pickers: 姓名｜住处, or with the birth year when there is no place."""
    if person.place_label:
        return f"{person.name}｜{person.place_label}"
    return f"{person.name}｜{person.birth_date.year}年生" if person.birth_date else person.name


def person_facts(person) -> str:
    """What distinguishes people of one name, beside it: 女 56岁."""
    age = "" if person.age is None else f"{person.age}岁"
    return " ".join(filter(None, (person.get_sex_display(), age)))


class PersonField(PickField):
    """Choose a person of the community by typing the name."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", "输入姓名后选择")
        super().__init__(max_length=160, **kwargs)

    def set_people(
        self,
        access,
        community,
        *,
        right: Permission = Permission.PEOPLE_NAMES,
        page: str = "community:person_pick",
        dead: bool = False,
    ) -> None:
        """Set the choices: living people of `community` by whole name, with `dead` also those who died.

        `page` is the URL name of the suggestions, for holders of `right`.
        """
        everybody = rows(Person, access, right, community)
        if not dead:
            everybody = everybody.filter(died_on__isnull=True)
        self.people = everybody

        def find(text: str):
            return everybody.filter(name=text.partition("｜")[0].strip()).order_by("name_key", "id")[:20]

        url = reverse(page, kwargs={"community": community.code})
        self.offer(find, url, person_label)

    def person_of(self, person_uuid: str | None) -> Person | None:
        """The person whose uuid an address names; None if it names nobody who can be chosen."""
        try:
            return self.people.filter(uuid=uuid.UUID(person_uuid or "")).first()
        except ValueError:
            return None
