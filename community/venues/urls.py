"""Addresses of venues, their bookings and overviews, below a community's."""

from django.urls import include, path

from community.venues.registers import (
    VenueBookingRegister,
    VenueClosureRegister,
    VenueHoursRegister,
    VenueRegister,
)
from community.venues.views import bookings, overviews, venues
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("venue-week/", overviews.week, name="venue_week"),
                path("venue-week/sheet/", overviews.sheet, name="venue_sheet"),
                path("venue-use/", overviews.use, name="venue_use"),
                path("venue-use/chart/", overviews.use_chart, name="venue_use_chart"),
                path("venues/<uuid:row>/hours/", venues.HoursPage.as_view(), name="venue_hours"),
                path("venues/<uuid:row>/close/", venues.ClosePage.as_view(), name="venue_close"),
                path(
                    "venue-closures/<uuid:row>/withdraw/",
                    venues.WithdrawPage.as_view(),
                    name="venueclosure_withdraw",
                ),
                path("venue-bookings/add/", bookings.AddPage.as_view(), name="venuebooking_add"),
                *(
                    path(f"venue-bookings/<uuid:row>/{act}/", page.as_view(), name=f"venuebooking_{act}")
                    for act, page in (
                        ("confirm", bookings.ConfirmPage),
                        ("decline", bookings.DeclinePage),
                        ("move", bookings.MovePage),
                        ("cancel", bookings.CancelPage),
                        ("restore", bookings.RestorePage),
                    )
                ),
                *register_urls(VenueRegister),
                *register_urls(VenueHoursRegister),
                *register_urls(VenueClosureRegister),
                *register_urls(VenueBookingRegister),
            ]
        ),
    ),
]
