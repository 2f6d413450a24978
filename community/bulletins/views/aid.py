"""Aid list of a bulletin (救助名单)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from community.bulletins.actions import workflow as actions
from community.bulletins.forms.editing import USUAL_AID, RecipientForm, find_people
from community.bulletins.models.bulletin import AidRecipient, Bulletin
from community.bulletins.views.lookup import bulletin_of, bulletin_url
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.forms.idempotency import run_once


@needs(P.BULLETIN_DRAFT)
def bulletin_aid(request, month):
    """The aid list: search a person, add them with kind and amount."""
    bulletin = bulletin_of(request, month, P.BULLETIN_DRAFT)
    words = request.GET.get("q", "") or request.POST.get("q", "")
    people = find_people(request.access, request.community, words)
    if request.method != "POST":
        return _aid_page(request, bulletin, words, people, _recipient_form(request))
    form = _recipient_form(request, request.POST)
    if not form.is_valid():
        return _aid_page(request, bulletin, words, people, form, status=422)
    data = form.cleaned_data

    def create() -> str:
        recipient = actions.add_recipient(
            bulletin=bulletin, person=data["person"], aid=data["aid"], amount=data["amount"], by=request.user
        )
        messages.success(request, f"已加入名单：{recipient.person.name}，{recipient.aid}。")
        return bulletin_url(request, "aid", month=month)

    try:
        return redirect(run_once(data["token"], request.user.pk, create))
    except actions.BulletinError as problem:
        form.add_error(None, str(problem))
        return _aid_page(request, bulletin, words, people, form, status=409)


def _recipient_form(request, data=None) -> RecipientForm:
    return RecipientForm(data, access=request.access, community=request.community)


def _aid_page(request, bulletin, words, people, form, status=200):
    recipients = bulletin.aid_recipients.select_related("person").order_by("id")
    context = {
        "bulletin": bulletin,
        "recipients": recipients,
        "words": words,
        "people": people,
        "form": form,
        "usual_aid": USUAL_AID,
        "is_draft": bulletin.state == Bulletin.State.DRAFT,
    }
    return render(request, "community/bulletins/aid_list.html", context, status=status)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_aid_remove(request, month, recipient):
    recipients = rows(AidRecipient, request.access, P.BULLETIN_DRAFT, request.community)
    chosen = get_object_or_404(
        recipients.select_related("person", "bulletin__community"), uuid=recipient, bulletin__month=month
    )
    try:
        actions.remove_recipient(recipient=chosen, by=request.user)
    except actions.BulletinError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"已从名单中移除：{chosen.person.name}，{chosen.aid}。")
    return redirect(bulletin_url(request, "aid", month=month))
