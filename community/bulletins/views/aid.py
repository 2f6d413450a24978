"""Aid list of a bulletin (救助名单)."""

from django.shortcuts import get_object_or_404

from community.bulletins.actions import workflow as actions
from community.bulletins.forms.editing import USUAL_AID, RecipientForm, find_people
from community.bulletins.models.bulletin import AidRecipient, Bulletin
from community.bulletins.views.lookup import bulletin_of, bulletin_url
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import ActionPage, FormPage


class BulletinAid(FormPage):
    """The aid list: search a person, add them with kind and amount."""

    permission = P.BULLETIN_DRAFT
    form_class = RecipientForm
    template_name = "community/bulletins/aid_list.html"

    def load(self, month):
        self.bulletin = bulletin_of(self.request, month, self.permission)

    def form_arguments(self) -> dict:
        return {"access": self.request.access, "community": self.request.community}

    def perform(self, form) -> str:
        values = {name: form.cleaned_data[name] for name in ("person", "aid", "amount")}
        recipient = actions.add_recipient(bulletin=self.bulletin, by=self.request.user, **values)
        self.message = f"已加入名单：{recipient.person.name}，{recipient.aid}。"
        return self.request.path

    def extra_context(self, form) -> dict:
        words = self.request.GET.get("q", "") or form.data.get("q", "")
        return {
            "bulletin": self.bulletin,
            "recipients": self.bulletin.aid_recipients.select_related("person").order_by("id"),
            "words": words,
            "people": find_people(self.request.access, self.request.community, words),
            "usual_aid": USUAL_AID,
            "is_draft": self.bulletin.state == Bulletin.State.DRAFT,
        }


class BulletinAidRemove(ActionPage):
    """Take a person off the aid list of a draft."""

    permission = P.BULLETIN_DRAFT

    def load(self, month, recipient):
        recipients = rows(AidRecipient, self.request.access, self.permission, self.request.community)
        recipients = recipients.select_related("person", "bulletin__community")
        self.recipient = get_object_or_404(recipients, uuid=recipient, bulletin__month=month)
        self.back = bulletin_url(self.request, "aid", month=month)
        self.message = f"已从名单中移除：{self.recipient.person.name}，{self.recipient.aid}。"

    def perform(self) -> str:
        actions.remove_recipient(recipient=self.recipient, by=self.request.user)
        return self.back
