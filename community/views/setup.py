"""Opening communities (开户): the street's pages, and the one-time link that sets the first password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from community.actions import accounts
from community.actions.setup import SetupError, create_community
from community.forms.account import CommunityForm, WhoForm
from community.models import Office
from community.second_office import directors, own_streets, second_office_accounts
from community.views.slips import confirm, confirm_renewal, show_slip, slip_was_shown
from portal.access import CommunityRef
from portal.once import once
from portal.permissions import Permission as P
from portal.views.base import needs


@login_not_required
def setup(request, token):
    """Set a password by the link of a slip. Wrong, expired and used links all get the same page."""
    link = accounts.open_link(token)
    if link is None:
        return render(request, "accounts/setup_over.html", status=404)
    form = SetPasswordForm(link.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if accounts.use_link(token=token, password=form.cleaned_data["new_password1"]) is None:
            return render(request, "accounts/setup_over.html", status=404)
        messages.success(request, f"密码已设置，请用用户名 {link.user.username} 登录。")
        return redirect("portal:login")
    context = {"form": form, "account": link.user}
    return render(request, "accounts/setup.html", context, status=422 if form.errors else 200)


@needs(P.COMMUNITY_CREATE)
def street_communities(request):
    """The communities of the own street and their directors."""
    table = directors(request.access)
    return render(request, "community/setup_communities.html", {"table": table, "me": request.user})


@needs(P.COMMUNITY_CREATE)
def community_create(request):
    """Open a community; the answer is the director's slip."""
    back = reverse("community:street_communities")
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
            return back

        try:
            once(data["token"], request.user.pk, create)
        except SetupError as problem:
            form.add_error(problem.field or None, str(problem))
        else:
            if not opened:
                return slip_was_shown(request, back)
            messages.success(request, f"{opened[0].community.name}已开通。")
            return show_slip(
                request,
                user=opened[0].director,
                token=opened[0].token,
                place=opened[0].community.name,
                back=back,
            )
    context = {"form": form, "back": back, "title": "开通社区", "button": "开通"}
    return render(request, "community/setup_form.html", context, status=422 if form.errors else 200)


@needs(P.COMMUNITY_CREATE)
def director_grant(request, code):
    """Appoint a director: an account that exists, or a new one with its slip."""
    community = _own_community(request, code)
    back = reverse("community:street_communities")
    form = WhoForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        made = []

        def create() -> str:
            made.append(_appoint(form, community, request.user))
            return back

        try:
            once(form.cleaned_data["token"], request.user.pk, create)
        except accounts.AccountError as problem:
            form.add_error(None, str(problem))
        else:
            if not made:
                return slip_was_shown(request, back)
            user, token = made[0]
            messages.success(request, f"{user.name}已任{community.name}主任。")
            if token:
                return show_slip(request, user=user, token=token, place=community.name, back=back)
            return redirect(back)
    context = {"form": form, "back": back, "title": f"任命{community.name}主任", "button": "任命"}
    return render(request, "community/setup_form.html", context, status=422 if form.errors else 200)


@needs(P.COMMUNITY_CREATE)
def director_end(request, code, director):
    """End a director's role."""
    community, found = _director(request, code, director)

    def act(data):
        accounts.end_role(assignment=found, by=request.user)
        messages.success(request, f"{found.user.name}不再担任{community.name}主任。")

    return confirm(
        request,
        title="结束主任角色",
        sentence=f"结束后，{found.user.name}（{found.user.username}）立即不能再以{community.name}主任的身份办理。",
        button="结束角色",
        back=reverse("community:street_communities"),
        act=act,
    )


@needs(P.COMMUNITY_CREATE)
def director_link(request, code, director):
    """A new slip for a director who lost the first one or forgot the password."""
    community, found = _director(request, code, director)
    back = reverse("community:street_communities")
    return confirm_renewal(request, assignment=found, place=community.name, back=back, office=Office.STREET)


@needs(P.COMMUNITY_CREATE)
def street_accounts(request):
    """Who holds roles in the own communities into which only the street lets anybody: names and roles, nothing more."""
    table = second_office_accounts(request.access)
    held = [assignment for _, assignments in table for assignment in assignments]
    context = {
        "table": table,
        "count": len(held),
        "waiting": sum(assignment.waits for assignment in held),
        "me": request.user,
    }
    return render(request, "street/accounts.html", context)


@needs(P.COMMUNITY_CREATE)
def street_account_link(request, holder):
    """A slip for the holder of such a role."""
    for community, assignments in second_office_accounts(request.access):
        for found in assignments:
            if found.pk == holder:
                return confirm_renewal(
                    request,
                    assignment=found,
                    place=community.name,
                    back=reverse("community:street_accounts"),
                    office=Office.STREET,
                )
    raise Http404


@transaction.atomic
def _appoint(form: WhoForm, community: CommunityRef, by):
    """The account, and the token of its link where the street has not let its holder in before."""
    user = form.cleaned_data.get("account")
    if user is None or user.person_id is None:
        name = user.name if user else form.cleaned_data["name"]
        person = accounts.add_employee(name=name, community=community, by=by)
        if user is None:
            user = accounts.create_account(name=name, person=person)
        else:
            accounts.link_person(
                user=user, person=person, community_id=community.id, by=by, reason="任命主任"
            )
    accounts.grant_role(user=user, role="director", community_id=community.id, by=by)
    if user.is_let_in_from_above:
        return user, ""
    return user, accounts.issue_link(user=user, by=by, office=Office.STREET, reason="任命主任")


def _own_community(request, code: str) -> CommunityRef:
    """A community of the own street; another street's does not exist here."""
    community = next((c for c in request.access.street_communities if c.code == code), None)
    if community is None:
        raise Http404
    return community


def _director(request, code: str, director: int):
    community = _own_community(request, code)
    for place, held in directors(request.access):
        for found in held:
            if place.id == community.id and found.pk == director:
                return community, found
    raise Http404
