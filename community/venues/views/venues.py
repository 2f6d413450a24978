"""Pages of a venue: its hours, a closure with the bookings that it hits, the end of a closure."""

from community.venues import actions
from community.venues.forms import CloseForm, SetHoursForm
from community.venues.models import Venue, VenueClosure
from community.venues.registers import VenueClosureRegister, VenueRegister
from portal.access.permissions import Permission as P
from portal.form_pages.pages import CheckedFormPage, FormPage
from portal.forms.forms import PlainForm
from portal.registers.panels import Link
from portal.registers.row_links import RowLinks
from portal.registers.views import row_of_page


class _VenuePage:
    """Mixin: a form about one venue."""

    permission = P.VENUES

    def load(self, row):
        register = VenueRegister()
        self.venue: Venue = row_of_page(register, self.request, row, self.permission)
        self.back = register.url("detail", self.request.community, self.venue)
        lists = register.url("list", self.request.community)
        self.trail = [Link(register.heading, lists), Link(self.venue.name, self.back)]
        self.lead = self.venue.name


class HoursPage(_VenuePage, FormPage):
    """The same hours on several weekdays."""

    form_class = SetHoursForm
    title = "设置开放时间"

    def perform(self, form):
        data = form.cleaned_data
        names = ("weekdays", "opens", "closes", "start", "end")
        added = actions.set_hours(venue=self.venue, **{name: data[name] for name in names})
        self.message = f"已设置{self.venue}每周{len(added)}天的开放时间。"
        return self.back


class ClosePage(_VenuePage, CheckedFormPage):
    """A closure: the check page names the bookings on these days, which are called off with it as far as they are ticked."""

    form_class = CloseForm
    check_template_name = "community/venues/check_closure.html"
    title = "暂停开放"

    def form_arguments(self):
        return {"venue": self.venue}

    def check(self, form) -> dict:
        data = form.cleaned_data
        hit = actions.hit_by(self.venue, data["start"], data["end"])
        links = RowLinks(self.request.access, self.request.community)
        return {
            "venue": self.venue,
            "data": data,
            "hit": [(row, links.url(row)) for row in hit if not row.is_of_activity],
            "activities": [(row, links.url(row)) for row in hit if row.is_of_activity],
        }

    def perform(self, form):
        data = form.cleaned_data
        ticked = set(form.data.getlist("cancel"))
        hit = actions.hit_by(self.venue, data["start"], data["end"])
        cancels = [row.uuid for row in hit if str(row.uuid) in ticked]
        closure = actions.close(
            by=self.request.user,
            venue=self.venue,
            start=data["start"],
            end=data["end"],
            reason=data["reason"],
            cancels=cancels,
        )
        self.message = f"{closure}已设为暂停开放" + (f"，取消预约{len(cancels)}个。" if cancels else "。")
        return VenueClosureRegister().url("detail", self.request.community, closure)


class WithdrawPage(FormPage):
    """A closure is taken back, with what was called off for it."""

    permission = P.VENUES
    form_class = PlainForm
    title = button = "撤销暂停开放"
    lead = "撤销后恢复开放；因此取消的预约一并恢复，时间已被占用的除外。"

    def load(self, row):
        register = VenueClosureRegister()
        self.closure: VenueClosure = row_of_page(register, self.request, row, register.view)
        self.back = register.url("detail", self.request.community, self.closure)
        self.gone = VenueRegister().url("detail", self.request.community, self.closure.venue)
        self.trail = [Link(self.closure.venue.name, self.gone), Link(str(self.closure), self.back)]

    def perform(self, form):
        back, lost = actions.reopen(by=self.request.user, closure=self.closure)
        words = [f"{self.closure.venue}恢复开放"]
        if back:
            words.append(f"恢复预约{len(back)}个")
        if lost:
            named = "；".join(f"{booking.when}（{reason}）" for booking, reason in lost[:5])
            words.append(f"{len(lost)}个没有恢复：{named}")
        self.message = f"{'，'.join(words)}。"
        return self.gone
