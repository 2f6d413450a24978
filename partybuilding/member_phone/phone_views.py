"""The phone pages of party members: own posts with a button to check in, what is ahead, dues."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from partybuilding.member_phone.forms import CheckInForm, SignInForm
from partybuilding.member_phone.own_rows import (
    attend,
    check_in,
    own_activities,
    own_duties,
    own_memberships,
    time_of_tap,
)
from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.forms.refusals import Refusal, add_refusal

_TEMPLATE = "partybuilding/member_phone/home.html"


@needs(P.DUTIES_OWN)
@require_GET
def home(request):
    """Own posts, study and meetings ahead, state of the dues."""
    context = {
        "duties": own_duties(),
        "activities": own_activities(),
        "memberships": own_memberships(),
    }
    return render(request, _TEMPLATE, context)


@needs(P.DUTIES_OWN)
def sign_in(request, activity):
    """Sign in at a meeting: its address stands in the code at the door, which fills the form; others type the six letters."""
    found = next((each for each in own_activities() if each.activity == activity), None)
    form = SignInForm(request.POST or None, initial={"code": request.GET.get("code", "")[:20]})
    if request.method == "POST" and form.is_valid():
        try:
            sentence = attend(activity=activity, code=form.cleaned_data["code"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"{sentence}。")
            return redirect("partybuilding:member_home")
    status = 422 if form.errors else 200
    context = {"activity": found, "form": form}
    return render(request, "partybuilding/member_phone/sign_in.html", context, status=status)


@needs(P.DUTIES_OWN)
def send_check_in(request):
    """Check in at a post: the script gets the post's card, other requests the page.

    Somebody who had to sign in again comes back by GET; nothing is written by that.
    """
    url = reverse("partybuilding:member_home")
    if request.method != "POST":
        return redirect(url)
    form, is_done = CheckInForm(request.POST, request.FILES), False
    if form.is_valid():
        try:
            data = form.cleaned_data
            sentence = check_in(
                by=request.user,
                post=data["post"],
                token=data["token"],
                at=time_of_tap(data["at"]),
                note=data["note"],
                photos=data["photos"],
            )
            is_done = True
        except Refusal as refusal:
            sentence = refusal.sentence
    else:
        sentence = "".join(error for errors in form.errors.values() for error in errors)
    if request.htmx:
        cards = [duty for duty in own_duties() if str(duty.post) == request.POST.get("post")]
        context = {"duty": cards[0] if cards else None, "message": sentence, "is_done": is_done}
        return render(request, f"{_TEMPLATE}#duty", context, status=200 if is_done else 422)
    (messages.success if is_done else messages.error)(request, f"{sentence.rstrip('。')}。")
    return redirect(url)
