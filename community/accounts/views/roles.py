"""Accounts of a community and their roles, which the director grants and ends (角色授予)."""

from itertools import groupby

from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from community.accounts import actions
from community.accounts.forms import AccountPersonForm, GrantForm
from community.accounts.models import Office, RoleAssignment
from community.accounts.slips import confirm, confirm_renewal, show_slip, slip_was_shown
from community.places.models import HeadAppointment
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.roles import ROLES, ROLES_NEEDING_PERSON, STREET_ISSUED_ROLES
from portal.access.views import needs
from portal.forms.idempotency import result_of, run_once


def _list_url(request) -> str:
    return reverse("community:account_list", kwargs={"community": request.community.code})


ENDED_SHOWN = 50


def _all_assignments(request):
    assignments = rows(RoleAssignment, request.access, P.ACCOUNTS_GRANT, request.community)
    return assignments.select_related("user", "stairwell", "area", "granted_by")


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


@needs(P.ACCOUNTS_GRANT)
def account_grant(request):
    """Grant a role to an existing or new account; a new one gets its slip."""
    list_url = _list_url(request)
    if request.method == "POST" and result_of(request.POST.get("token")):
        return slip_was_shown(request, list_url)
    form = GrantForm(
        request.POST if request.method == "POST" else None,
        initial={"username": request.GET.get("username", "")},
        request=request,
        access=request.access,
        community=request.community,
    )
    if request.method == "POST" and form.is_valid():
        granted = []

        def create() -> str:
            granted.append(_grant(form, request))
            return list_url

        try:
            run_once(form.cleaned_data["token"], request.user.pk, create)
        except actions.AccountError as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            if not granted:
                return slip_was_shown(request, list_url)
            user, token = granted[0]
            role = form.cleaned_data["role"]
            messages.success(request, f"已授予{user.name}{ROLES[role].name}角色。")
            if role in STREET_ISSUED_ROLES and not user.has_password_from_above:
                messages.info(request, f"开通单由街道发放，{user.name}用它设置密码后，该角色才生效。")
            if token:
                return show_slip(
                    request, user=user, token=token, place=request.community.name, back_url=list_url
                )
            return redirect(list_url)
    roles = [ROLES[code] for code in actions.GRANTABLE]
    context = {"form": form, "roles": roles, "back": list_url}
    return render(request, "community/accounts/grant.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _grant(form: GrantForm, request):
    """Returns the account, and the token of its link if it is new and the community may issue one."""
    data = form.cleaned_data
    user, person, community = data.get("account"), data["person"], request.community
    if data["employee"]:
        name = user.name if user else data["name"]
        person = actions.add_employee(name=name, community=community, by=request.user)
    is_new = user is None
    if is_new:
        user = actions.create_account(name=data["name"], person=person)
    elif person and user.person_id is None:
        actions.link_person(
            user=user, person=person, community_id=community.id, by=request.user, reason="授予角色时登记"
        )
    actions.grant_role(
        user=user, role=data["role"], community_id=community.id, by=request.user, **form.place_argument
    )
    if not is_new or data["role"] in STREET_ISSUED_ROLES:
        return user, ""
    return user, actions.issue_link(user=user, by=request.user, reason="新开账号")


@needs(P.ACCOUNTS_GRANT)
def role_end(request, assignment):
    """End a role that the director may grant."""
    row = get_object_or_404(_assignments(request).filter(role__in=actions.GRANTABLE), pk=assignment)

    def act(data):
        actions.end_role(assignment=row, by=request.user)
        messages.success(request, f"{row.user.name}的{row.get_role_display()}角色已结束。")

    return confirm(
        request,
        title="结束角色",
        sentence=f"结束后，{row.user.name}（{row.user.username}）立即不能再以{row.get_role_display()}的身份办理。",
        button="结束角色",
        back_url=_list_url(request),
        act=act,
    )


@needs(P.ACCOUNTS_GRANT)
def account_link(request, assignment):
    """Issue a new slip after a lost one or a forgotten password."""
    row = get_object_or_404(_assignments(request).filter(role__in=actions.GRANTABLE), pk=assignment)
    return confirm_renewal(
        request,
        assignment=row,
        place=request.community.name,
        back_url=_list_url(request),
        office=Office.COMMUNITY,
    )


@needs(P.ACCOUNTS_GRANT)
def account_person(request, assignment):
    """Set or change the person of an account."""
    row = get_object_or_404(_assignments(request).filter(role__in=actions.GRANTABLE), pk=assignment)
    user = row.user

    def act(data):
        actions.link_person(
            user=user,
            person=data["person"],
            community_id=request.community.id,
            by=request.user,
            reason=data["reason"],
        )
        messages.success(request, f"已登记{user.name}的本人。")

    return confirm(
        request,
        title="变更本人" if user.person_id else "登记本人",
        sentence=f"{user.name}（{user.username}）是居民台账中的谁？用于防止同一人兼任监督与经办。",
        button="登记",
        back_url=_list_url(request),
        act=act,
        form=AccountPersonForm(
            request.POST if request.method == "POST" else None,
            request=request,
            access=request.access,
            community=request.community,
        ),
    )
