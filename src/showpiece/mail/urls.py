"""The operator's inbox."""

from django.urls import path

from showpiece.mail import views

urlpatterns = [
    path("mail/", views.mail_list, name="mail_list"),
    path("mail/<int:mail_id>/", views.mail_page, name="mail"),
    path("mail/<int:mail_id>/html/", views.mail_html, name="mail_html"),
    path("mail/<int:mail_id>/send/", views.mail_send, name="mail_send"),
]
