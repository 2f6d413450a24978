from django.urls import path

from partybuilding.public_board import views

urlpatterns = [path("party-board/", views.BoardPage.as_view(), name="party_board")]
public_urlpatterns = [path("party/", views.public_board, name="public_party")]
