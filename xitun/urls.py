from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from xitun.health import healthz
from xitun.views import card, design, dossier, history, home, launch, own_copy, stays

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", home.home, name="home"),
    path("find/", launch.launch, name="launch"),
    path("people/<int:pk>/", dossier.person, name="person"),
    path("people/<int:pk>/card/", card.person_card, name="person-card"),
    path("people/<int:pk>/history/", history.history, name="person-history"),
    path("people/<int:pk>/categories/", stays.categories, name="person-categories"),
    path("people/<int:pk>/copy/", own_copy.person_copy, name="person-copy"),
    path("design/", design.design, name="design"),
    path("api/v1/", include("xitun.api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include("members.urls")),
    path("", include("members.urls_accounts")),
    path("", include("members.urls_roster")),
    path("", include("projects.urls")),
    path("", include("assessments.urls")),
]
