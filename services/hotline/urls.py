from django.urls import path

from portal.register_pages.views import register_urls
from services.hotline import views
from services.hotline.registers import HotlineOrderRegister

urlpatterns = [
    path("hotline/files/", views.ListsPage.as_view(), name="hotlineorder_files"),
    path("hotline/files/<uuid:batch>/fill/", views.FillPage.as_view(), name="hotlineorder_fill"),
    path("hotline/files/<uuid:batch>/finish/", views.FinishPage.as_view(), name="hotlineorder_finish"),
    path("hotline/files/<uuid:batch>/staff/", views.StaffPage.as_view(), name="hotlineorder_staff"),
    *register_urls(HotlineOrderRegister),
]
