"""Opening communities (开户): pages of the street, and the set-up link that sets a password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from community.accounts import actions as account_actions
from community.accounts.forms import AccountForm, CommunityForm
from community.accounts.models import Office
from community.accounts.slips import confirm, confirm_renewal, show_slip, slip_was_shown
from community.setup.actions import SetupError, create_community
from community.setup.queries import directors, own_streets, second_office_accounts
from portal.access.permissions import Permission as P
from portal.access.user_access import CommunityRef
from portal.access.views import needs
from portal.forms.idempotency import run_once


@login_not_required
def setup(request, token):
    """Set a password by the link of a slip. Wrong, expired and used links get the same page."""
    link = account_actions.usable_link(token)
    if link is None:
        return render(request, "community/setup/link_not_valid.html", status=404)
    form = SetPasswordForm(link.user, request.POST if request.method == "POST" else None)
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


@needs(P.COMMUNITY_CREATE)
def community_create(request):
    """Create a community; the response is the director's slip."""
    list_url = reverse("community:street_communities")
    form = CommunityForm(
        request.POST if request.method == "POST" else None,
        request=request,
        streets=own_streets(request.access),
    )
    if request.method == "POST" and form.is_valid():
        opened = []
        data = form.cleaned_data

        def create() -> str:
            opened.append(
                create_community(
                    code=data["code"],
                    name=data["name"],
                    street=data["street"],
                    director_name=data["director_name"],
                    by=request.user,
                )
            )
            return list_url

        try:
            run_once(data["token"], request.user.pk, create)
        except SetupError as problem:
            form.add_error(problem.field or None, str(problem))
        else:
            if not opened:
                return slip_was_shown(request, list_url)
            messages.success(request, f"{opened[0].community.name}已开通。")
            return show_slip(
                request,
                user=opened[0].director,
                token=opened[0].token,
                place=opened[0].community.name,
                back_url=list_url,
            )
    context = {"form": form, "back": list_url, "title": "开通社区", "button": "开通"}
    return render(request, "community/setup/form.html", context, status=422 if form.errors else 200)


@needs(P.COMMUNITY_CREATE)
def director_grant(request, code):
    """Appoint a director: an existing account, or a new one with its slip."""
    community = _community_of_own_street(request, code)
    list_url = reverse("community:street_communities")
    form = AccountForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        granted = []

        def create() -> str:
            granted.append(_appoint(form, community, request.user))
            return list_url

        try:
            run_once(form.cleaned_data["token"], request.user.pk, create)
        except account_actions.AccountError as problem:
            form.add_error(None, str(problem))
        else:
            if not granted:
                return slip_was_shown(request, list_url)
            user, token = granted[0]
            messages.success(request, f"{user.name}已任{community.name}主任。")
            if token:
                return show_slip(request, user=user, token=token, place=community.name, back_url=list_url)
            return redirect(list_url)
    context = {"form": form, "back": list_url, "title": f"任命{community.name}主任", "button": "任命"}
    return render(request, "community/setup/form.html", context, status=422 if form.errors else 200)


@needs(P.COMMUNITY_CREATE)
def director_end(request, code, director):
    """End a director's role."""
    community, assignment = _director_assignment(request, code, director)

    def act(data):
        account_actions.end_role(assignment=assignment, by=request.user)
        messages.success(request, f"{assignment.user.name}不再担任{community.name}主任。")

    return confirm(
        request,
        title="结束主任角色",
        sentence=f"结束后，{assignment.user.name}（{assignment.user.username}）立即不能再以{community.name}主任的身份办理。",
        button="结束角色",
        back_url=reverse("community:street_communities"),
        act=act,
    )


@needs(P.COMMUNITY_CREATE)
def director_link(request, code, director):
    """Issue a new slip for a director after a lost one or a forgotten password."""
    community, assignment = _director_assignment(request, code, director)
    list_url = reverse("community:street_communities")
    return confirm_renewal(
        request, assignment=assignment, place=community.name, back_url=list_url, office=Office.STREET
    )


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


@needs(P.COMMUNITY_CREATE)
def street_account_link(request, holder):
    """Issue a slip for a holder of a second-office role."""
    for community, assignments in second_office_accounts(request.access):
        for assignment in assignments:
            if assignment.pk == holder:
                return confirm_renewal(
                    request,
                    assignment=assignment,
                    place=community.name,
                    back_url=reverse("community:street_accounts"),
                    office=Office.STREET,
                )
    raise Http404


@transaction.atomic
def _appoint(form: AccountForm, community: CommunityRef, by):
    """Returns the account, and the token of its link if the street has not issued one that was used."""
    user = form.cleaned_data.get("account")
    if user is None or user.person_id is None:
        name = user.name if user else form.cleaned_data["name"]
        person = account_actions.add_employee(name=name, community=community, by=by)
        if user is None:
            user = account_actions.create_account(name=name, person=person)
        else:
            account_actions.link_person(
                user=user, person=person, community_id=community.id, by=by, reason="任命主任"
            )
    account_actions.grant_role(user=user, role="director", community_id=community.id, by=by)
    if user.has_password_from_above:
        return user, ""
    return user, account_actions.issue_link(user=user, by=by, office=Office.STREET, reason="任命主任")


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
