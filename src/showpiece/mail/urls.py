"""The operator's inbox."""

from django.urls import path, register_converter

from showpiece.ids import hidden_id
from showpiece.mail import views

register_converter(hidden_id("mail"), "mail")

urlpatterns = [
    path("mail/", views.mail_list, name="mail_list"),
    path("mail/<mail:mail_id>/", views.mail_page, name="mail"),
    path("mail/<mail:mail_id>/html/", views.mail_html, name="mail_html"),
    path("mail/<mail:mail_id>/send/", views.mail_send, name="mail_send"),
]
