"""Addresses of population events, below a community's."""

from django.urls import path

from residents.events.views import families, households, moves, undo, whole_households

urlpatterns = [
    path("people/<uuid:person>/move-in/", moves.choose_dwelling, name="event_move_in"),
    path("dwellings/<uuid:dwelling>/move-in/", moves.MoveIn.as_view(), name="event_move_in"),
    path("people/<uuid:person>/move-out/", moves.MoveOut.as_view(), name="event_move_out"),
    path("people/<uuid:person>/death/", moves.Death.as_view(), name="event_death"),
    path("people/<uuid:person>/correct/", moves.Correction.as_view(), name="event_correct"),
    path("people/<uuid:person>/birth/", families.Birth.as_view(), name="event_birth"),
    path("people/<uuid:person>/marriage/", families.Marriage.as_view(), name="event_marriage"),
    path("people/<uuid:person>/transfer/", households.Transfer.as_view(), name="event_transfer"),
    path("households/<uuid:household>/split/", households.Split.as_view(), name="event_split"),
    path("households/<uuid:household>/merge/", households.Merge.as_view(), name="event_merge"),
    path("households/<uuid:household>/head/", households.Head.as_view(), name="event_head"),
    path("households/move-in/", whole_households.HouseholdMoveIn.as_view(), name="event_household_move_in"),
    path(
        "households/<uuid:household>/move-out/",
        whole_households.HouseholdMoveOut.as_view(),
        name="event_household_move_out",
    ),
    path(
        "households/<uuid:household>/transfer/",
        households.HouseholdTransfer.as_view(),
        name="event_household_transfer",
    ),
    path("events/<uuid:row>/undo/", undo.EventUndo.as_view(), name="event_undo"),
]
