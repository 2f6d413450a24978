"""The site: each app brings its own pages; signing in and errors are the portal's."""

from django.urls import include, path

from portal.views import accounts, errors, jobs, releases, saved_lists, todo
from portal.views.access_log import access_log
from portal.views.deployment import deployment
from portal.views.retention import retention
from portal.views.search import search

portal_patterns = [
    path("accounts/login/", accounts.LoginView.as_view(), name="login"),
    path("accounts/logout/", accounts.LogoutView.as_view(), name="logout"),
    path("accounts/sessions/", accounts.sessions, name="sessions"),
    path("accounts/sessions/<slug:session>/end/", accounts.session_end, name="session_end"),
    path("accounts/password/", accounts.PasswordChangeView.as_view(), name="password"),
    path("home/todo/", todo.todo, name="todo"),
    path("home/todo/read/", todo.read, name="todo_read"),
    path("deployment/", deployment, name="deployment"),
    path("home/search/", search, name="search_everywhere"),
    path("c/<slug:community>/search/", search, name="search"),
    path("c/<slug:community>/access-log/", access_log, name="access_log"),
    path("c/<slug:community>/retention/", retention, name="retention"),
    path("c/<slug:community>/jobs/<uuid:job>/", jobs.detail, name="job_detail"),
    path("c/<slug:community>/jobs/<uuid:job>/file/", jobs.made_file, name="job_file"),
    path("c/<slug:community>/lists/", saved_lists.overview, name="saved_lists"),
    path("c/<slug:community>/lists/new/<slug:app>/<slug:noun>/", saved_lists.create, name="saved_create"),
    path("c/<slug:community>/lists/<uuid:saved>/", saved_lists.edit, name="saved_edit"),
    path("c/<slug:community>/lists/<uuid:saved>/count/", saved_lists.count, name="saved_count"),
    path("c/<slug:community>/lists/<uuid:saved>/delete/", saved_lists.delete, name="saved_delete"),
    path("c/<slug:community>/releases/<uuid:release>/", releases.detail, name="release_detail"),
    path("c/<slug:community>/releases/<uuid:release>/decide/", releases.decide, name="release_decide"),
    path("c/<slug:community>/releases/<uuid:release>/file/", releases.fetch, name="release_file"),
    path("c/<slug:community>/releases/<uuid:release>/withdraw/", releases.withdraw, name="release_withdraw"),
]

urlpatterns = [
    path("", include((portal_patterns, "portal"))),
    path("", include("community.urls")),
    path("", include("residents.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
