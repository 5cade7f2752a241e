"""People and categories."""

from django.urls import path

from .views import (
    audit,
    categories,
    corrections,
    enrolments,
    merging,
    own,
    people,
    people_acts,
    sign_ins,
    standing,
    transfers,
)

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/export/", people.people_export, name="people-export"),
    path("audit/", audit.audit, name="audit"),
    path("people/new/", people_acts.person_new, name="person-new"),
    path("people/<int:pk>/correct/", people_acts.person_correct, name="person-correct"),
    path("people/<int:pk>/return/", people_acts.person_return, name="person-return"),
    path("people/<int:pk>/identity/", people_acts.person_identity, name="person-identity"),
    path("people/<int:pk>/merge/", merging.person_merge, name="person-merge"),
    path("merges/<int:pk>/undo/", merging.merge_undo, name="merge-undo"),
    path("people/<int:pk>/conversion/", standing.person_conversion, name="person-conversion"),
    path("people/<int:pk>/reveal/", people_acts.person_reveal, name="person-reveal"),
    path("people/<int:pk>/death/", people_acts.person_death, name="person-death"),
    path("people/<int:pk>/looks/", own.looks, name="person-looks"),
    path("people/<int:pk>/corrections/", corrections.correction_ask, name="correction-ask"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/<int:pk>/", corrections.correction, name="correction"),
    path("corrections/<int:pk>/withdraw/", corrections.correction_withdraw, name="correction-withdraw"),
    path("people/<int:pk>/sign-in/", sign_ins.person_sign_in, name="person-sign-in"),
    path("people/<int:pk>/transfer/", transfers.person_transfer, name="person-transfer"),
    path("transfers/<int:pk>/", transfers.transfer, name="transfer"),
    path("people/<int:pk>/categories/propose/", categories.category_propose, name="category-propose"),
    path("decisions/", categories.decisions, name="decisions"),
    path("enrolments/<int:pk>/decide/", categories.category_decide, name="category-decide"),
    path("enrolments/<int:pk>/end/", categories.category_end, name="category-end"),
    path("enrolments/<int:pk>/come-home/", enrolments.category_come_home, name="category-come-home"),
    path("enrolments/<int:pk>/propose-exit/", enrolments.category_propose_exit, name="category-propose-exit"),
    path("enrolments/<int:pk>/decide-exit/", enrolments.category_decide_exit, name="category-decide-exit"),
    path("enrolments/<int:pk>/helper/", enrolments.category_helper, name="category-helper"),
    path("enrolments/<int:pk>/regularise/", enrolments.category_regularise, name="category-regularise"),
]
