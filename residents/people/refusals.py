"""Why an action on a person is refused."""

from portal.forms.refusals import Refusal


class PersonHasDied(Refusal):
    """The person has died."""


class PersonExists(Refusal):
    """Somebody else in this community has the certificate number. `person` is that one."""

    field = "id_number"

    def __init__(self, person):
        super().__init__(f"本社区已有这个证件号码的人（{person.name}），请核对；是同一人的，请选择此人办理")
        self.person = person


class BadIdNumber(Refusal):
    """The certificate number cannot be right."""

    field = "id_number"


class PersonDeleted(Refusal):
    """The person's row was merged into another one, or deleted, since the page was shown."""

    def __init__(self):
        super().__init__("此人的记录刚刚被合并或删除，请重新查找后再办理")
