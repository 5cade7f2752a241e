from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("rival/", admin.site.urls), path("", include("xitun.urls"))]
