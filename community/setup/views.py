"""Opening communities (开户): pages of the street, and the set-up link that sets a password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from community.accounts import actions as account_actions
from community.accounts.forms import AccountForm, CommunityForm
from community.accounts.models import Office
from community.accounts.slips import AccountGrantPage, AccountPage, RenewalPage, SlipPage
from community.setup.actions import create_community
from community.setup.queries import directors, own_streets, second_office_accounts
from portal.access.permissions import Permission as P
from portal.access.user_access import CommunityRef
from portal.access.views import needs
from portal.accounts.passwords import PasswordRulesMixin
from portal.registers.panels import Link


class NewPasswordForm(PasswordRulesMixin, SetPasswordForm):
    """A password chosen by the link of a slip."""


SLIP_LEAD = "新账号办理后给出一张开通单，请打印后交给本人。"


@login_not_required
def setup(request, token):
    """Set a password by the link of a slip. Wrong, expired and used links get the same page."""
    link = account_actions.usable_link(token)
    if link is None:
        return render(request, "community/setup/link_not_valid.html", status=404)
    form = NewPasswordForm(link.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if account_actions.use_link(token=token, password=form.cleaned_data["new_password1"]) is None:
            return render(request, "community/setup/link_not_valid.html", status=404)
        messages.success(request, f"密码已设置，请用用户名 {link.user.username} 登录。")
        return redirect("portal:login")
    context = {"form": form, "account": link.user}
    return render(request, "community/setup/link.html", context, status=422 if form.errors else 200)


@needs(P.COMMUNITY_CREATE)
def street_communities(request):
    """Communities of the official's own street and their directors."""
    table = directors(request.access)
    return render(request, "community/setup/communities.html", {"table": table, "me": request.user})


class CommunityCreate(SlipPage):
    """Create a community; the response is the director's slip."""

    permission = P.COMMUNITY_CREATE
    form_class = CommunityForm
    title, button, lead = "开通社区", "开通", SLIP_LEAD

    def load(self):
        self.back = reverse("community:street_communities")
        self.trail = (Link("社区和主任", self.back),)

    def form_arguments(self) -> dict:
        return {"request": self.request, "streets": own_streets(self.request.access)}

    def perform(self, form) -> str:
        values = {name: form.cleaned_data[name] for name in ("code", "name", "street", "director_name")}
        opened = create_community(by=self.request.user, **values)
        self.message = f"{opened.community.name}已开通。"
        self.issue(opened.director, opened.token, opened.community.name)
        return self.back


class DirectorGrant(AccountGrantPage):
    """Appoint a director: an existing account, or a new one with its slip."""

    permission = P.COMMUNITY_CREATE
    form_class = AccountForm
    button, lead = "任命", SLIP_LEAD

    def load(self, code):
        self.community = _community_of_own_street(self.request, code)
        self.place = self.community.name
        self.title = f"任命{self.place}主任"
        self.back = reverse("community:street_communities")
        self.trail = (Link("社区和主任", self.back),)

    def grant(self, form: AccountForm):
        """A token if the street has not issued one that was used."""
        user, by, community_id = form.cleaned_data.get("account"), self.request.user, self.community.id
        if user is None or user.person_id is None:
            name = user.name if user else form.cleaned_data["name"]
            person = account_actions.add_employee(name=name, community=self.community, by=by)
            if user is None:
                user = account_actions.create_account(name=name, person=person)
            else:
                account_actions.link_person(
                    user=user, person=person, community_id=community_id, by=by, reason="任命主任"
                )
        account_actions.grant_role(user=user, role="director", community_id=community_id, by=by)
        if user.has_password_from_above:
            return user, ""
        return user, account_actions.issue_link(user=user, by=by, office=Office.STREET, reason="任命主任")

    def granted(self, user) -> str:
        return f"{user.name}已任{self.place}主任。"


class DirectorPage(AccountPage):
    """Base: a director of a community of the own street."""

    permission = P.COMMUNITY_CREATE

    def load(self, code, director):
        community, self.assignment = _director_assignment(self.request, code, director)
        self.place = community.name
        self.back = reverse("community:street_communities")


class DirectorEnd(DirectorPage):
    """End a director's role."""

    title, button = "解除主任岗位", "解除岗位"

    @property
    def sentence(self) -> str:
        user = self.assignment.user
        return f"解除后，{user.name}（{user.username}）立即不能再以{self.place}主任的身份办理。"

    def perform(self, form) -> str:
        account_actions.end_role(assignment=self.assignment, by=self.request.user)
        self.message = f"{self.assignment.user.name}不再担任{self.place}主任。"
        return self.back


class DirectorLink(RenewalPage, DirectorPage):
    """Issue a new slip for a director after a lost one or a forgotten password."""

    office = Office.STREET


@needs(P.COMMUNITY_CREATE)
def street_accounts(request):
    """Holders of second-office roles in the own communities: names and roles only."""
    table = second_office_accounts(request.access)
    holders = [assignment for _, assignments in table for assignment in assignments]
    context = {
        "table": table,
        "count": len(holders),
        "waiting": sum(assignment.awaits_second_office_link for assignment in holders),
        "me": request.user,
    }
    return render(request, "community/setup/street_accounts.html", context)


class StreetAccountLink(RenewalPage):
    """Issue a slip for a holder of a second-office role."""

    permission = P.COMMUNITY_CREATE
    office = Office.STREET

    def load(self, holder):
        table = second_office_accounts(self.request.access)
        found = ((c.name, a) for c, assignments in table for a in assignments if a.pk == holder)
        self.place, self.assignment = next(found, (None, None))
        if self.assignment is None:
            raise Http404
        self.back = reverse("community:street_accounts")


def _community_of_own_street(request, code: str) -> CommunityRef:
    """A community of the own street, or 404."""
    community = next((c for c in request.access.street_communities if c.code == code), None)
    if community is None:
        raise Http404
    return community


def _director_assignment(request, code: str, director: int):
    community = _community_of_own_street(request, code)
    for place, assignments in directors(request.access):
        for assignment in assignments:
            if place.id == community.id and assignment.pk == director:
                return community, assignment
    raise Http404
