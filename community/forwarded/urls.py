from django.urls import path

from community.forwarded import views

urlpatterns = [
    path("street/forwarded/", views.forwarded_list, name="forwarded_list"),
    path("street/forwarded/<uuid:forwarded>/", views.ForwardedPage.as_view(), name="forwarded_detail"),
    path("street/forwarded/<uuid:forwarded>/copy.pdf", views.forwarded_pdf, name="forwarded_pdf"),
]
