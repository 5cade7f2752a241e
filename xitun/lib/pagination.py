"""Keyset pages for the API: page 1000 costs what page 1 costs."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """`?cursor=…&page_size=…` (1–500, 50 by default), newest first; a view may set another total `ordering`."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
