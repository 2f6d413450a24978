from django.urls import path

from portal.accounts import views

urlpatterns = [
    path("accounts/login/", views.LoginView.as_view(), name="login"),
    path("accounts/logout/", views.LogoutView.as_view(), name="logout"),
    path("accounts/sessions/", views.sessions, name="sessions"),
    path("accounts/sessions/<slug:session>/end/", views.session_end, name="session_end"),
    path("accounts/password/", views.PasswordChangeView.as_view(), name="password"),
]
