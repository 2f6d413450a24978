"""Addresses of population events, below a community's."""

from django.urls import path

from residents.events.views import events, family, household, undo

urlpatterns = [
    path("people/<uuid:person>/move-in/", events.move_in, name="event_move_in"),
    path("dwellings/<uuid:dwelling>/move-in/", events.move_in, name="event_move_in"),
    path("people/<uuid:person>/move-out/", events.move_out, name="event_move_out"),
    path("people/<uuid:person>/death/", events.death, name="event_death"),
    path("people/<uuid:person>/correct/", events.correct, name="event_correct"),
    path("people/<uuid:person>/birth/", family.birth, name="event_birth"),
    path("people/<uuid:person>/marriage/", family.marriage, name="event_marriage"),
    path("people/<uuid:person>/transfer/", household.transfer, name="event_transfer"),
    path("households/<uuid:household>/split/", household.split, name="event_split"),
    path("households/<uuid:household>/merge/", household.merge, name="event_merge"),
    path("households/<uuid:household>/head/", household.head, name="event_head"),
    path("events/<uuid:row>/undo/", undo.undo, name="event_undo"),
    path("population/", events.statement, name="event_statement"),
]
