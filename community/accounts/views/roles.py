"""Accounts of a community and their roles, which the director grants and ends (角色授予)."""

from itertools import groupby

from django.contrib import messages
from django.db.models import OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from community.accounts import actions
from community.accounts.forms import AccountPersonForm, GrantForm
from community.accounts.models import Office, RoleAssignment
from community.accounts.slips import AccountGrantPage, AccountPage, RenewalPage
from community.places.models import HeadAppointment
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.roles import ROLES, ROLES_NEEDING_PERSON, STREET_ISSUED_ROLES
from portal.access.views import needs
from portal.registers.panels import Link


def _list_url(request) -> str:
    return reverse("community:account_list", kwargs={"community": request.community.code})


ENDED_SHOWN = 50


def _all_assignments(request):
    assignments = rows(RoleAssignment, request.access, P.ACCOUNTS_GRANT, request.community)
    return assignments.select_related("user", "stairwell", "area", "body", "granted_by")


def _ended(request):
    """Past roles, newest first; those of heads with the end date of their appointment (`left_on`)."""
    appointed = rows(HeadAppointment, request.access, P.ACCOUNTS_GRANT, request.community).filter(
        Q(stairwell=OuterRef("stairwell")) | Q(area=OuterRef("area")), person=OuterRef("user__person")
    )
    left_on = Subquery(appointed.order_by("-start").values("end")[:1])
    return _all_assignments(request).over().annotate(left_on=left_on).order_by("-pk")[:ENDED_SHOWN]


def _assignments(request):
    return _all_assignments(request).not_over()


@needs(P.ACCOUNTS_GRANT)
def account_list(request):
    """List of accounts with their roles in this community."""
    assignments = _assignments(request).order_by("user__username", "start", "id")
    accounts = [
        (user, list(roles)) for user, roles in groupby(assignments, key=lambda assignment: assignment.user)
    ]
    return render(
        request,
        "community/accounts/list.html",
        {
            "accounts": accounts,
            "grantable": actions.GRANTABLE,
            "second_office": STREET_ISSUED_ROLES,
            "needs_person": ROLES_NEEDING_PERSON,
            "me": request.user,
            "ended": _ended(request),
        },
    )


class AccountGrant(AccountGrantPage):
    """Grant a role to an existing or new account; a new one gets its slip."""

    permission = P.ACCOUNTS_GRANT
    form_class = GrantForm
    template_name = "community/accounts/grant.html"
    title, button = "分配岗位", "分配"

    def load(self):
        self.back, self.place = _list_url(self.request), self.request.community.name
        self.trail = (Link("账号和岗位", self.back),)

    def form_arguments(self) -> dict:
        return super().form_arguments() | {
            "initial": {"username": self.request.GET.get("username", "")},
            "access": self.request.access,
            "community": self.request.community,
        }

    def extra_context(self, form) -> dict:
        return {"roles": [ROLES[code] for code in actions.GRANTABLE]}

    def grant(self, form: GrantForm):
        """A token only if the account is new and the community may issue its link."""
        data = form.cleaned_data
        user, person, community, by = (
            data.get("account"),
            data["person"],
            self.request.community,
            self.request.user,
        )
        self.role = data["role"]
        if data["employee"]:
            name = user.name if user else data["name"]
            person = actions.add_employee(name=name, community=community, by=by)
        is_new = user is None
        if is_new:
            user = actions.create_account(name=data["name"], person=person)
        elif person and user.person_id is None:
            actions.link_person(
                user=user, person=person, community_id=community.id, by=by, reason="分配岗位时登记"
            )
        actions.grant_role(user=user, role=self.role, community_id=community.id, by=by, **form.place_argument)
        if not is_new or self.role in STREET_ISSUED_ROLES:
            return user, ""
        return user, actions.issue_link(user=user, by=by, reason="新开账号")

    def granted(self, user) -> str:
        if self.role in STREET_ISSUED_ROLES and not user.has_password_from_above:
            messages.info(self.request, f"开通单由街道发放，{user.name}用它设置密码后，岗位才生效。")
        return f"已为{user.name}分配{ROLES[self.role].name}岗位。"


class AssignmentPage(AccountPage):
    """Base: a role that the director may grant."""

    permission = P.ACCOUNTS_GRANT

    def load(self, assignment):
        grantable = _assignments(self.request).filter(role__in=actions.GRANTABLE)
        self.assignment = get_object_or_404(grantable, pk=assignment)
        self.user = self.assignment.user
        self.back = _list_url(self.request)


class RoleEnd(AssignmentPage):
    """End a role that the director may grant."""

    title, button = "解除岗位", "解除岗位"

    @property
    def sentence(self) -> str:
        role = self.assignment.get_role_display()
        return f"解除后，{self.user.name}（{self.user.username}）立即不能再以{role}的身份办理。"

    def perform(self, form) -> str:
        actions.end_role(assignment=self.assignment, by=self.request.user)
        self.message = f"{self.user.name}的{self.assignment.get_role_display()}岗位已解除。"
        return self.back


class AccountLink(RenewalPage, AssignmentPage):
    """Issue a new slip after a lost one or a forgotten password."""

    office = Office.COMMUNITY

    def load(self, assignment):
        super().load(assignment)
        self.place = self.request.community.name


class AccountPerson(AssignmentPage):
    """Set or change the person of an account."""

    form_class = AccountPersonForm
    button = "登记"

    @property
    def title(self) -> str:
        return "变更本人" if self.user.person_id else "登记本人"

    @property
    def sentence(self) -> str:
        return (
            f"请从居民台账中选择{self.user.name}（{self.user.username}）本人，用于防止同一人兼任监督与经办。"
        )

    def form_arguments(self) -> dict:
        access, community = self.request.access, self.request.community
        return super().form_arguments() | {"access": access, "community": community}

    def perform(self, form) -> str:
        actions.link_person(
            user=self.user,
            person=form.cleaned_data["person"],
            community_id=self.request.community.id,
            by=self.request.user,
            reason=form.cleaned_data["reason"],
        )
        self.message = f"已登记{self.user.name}的本人。"
        return self.back
