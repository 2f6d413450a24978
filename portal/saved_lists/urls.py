from django.urls import path

from portal.saved_lists import views

urlpatterns = [
    path("c/<slug:community>/lists/", views.overview, name="saved_lists"),
    path(
        "c/<slug:community>/lists/new/<slug:app>/<slug:noun>/",
        views.SavedListCreate.as_view(),
        name="saved_create",
    ),
    path("c/<slug:community>/lists/<uuid:saved>/", views.SavedListEdit.as_view(), name="saved_edit"),
    path("c/<slug:community>/lists/<uuid:saved>/count/", views.count, name="saved_count"),
    path("c/<slug:community>/lists/<uuid:saved>/delete/", views.delete, name="saved_delete"),
]
