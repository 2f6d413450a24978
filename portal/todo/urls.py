from django.urls import path

from portal.todo import views

urlpatterns = [
    path("home/todo/", views.todo, name="todo"),
    path("home/todo/count/", views.count, name="todo_count"),
    path("home/todo/read/", views.read, name="todo_read"),
]
