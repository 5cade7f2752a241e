"""Bars drawn by the server as SVG, in percent of their box; the numbers stand beside them as text."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag
def stacked(*parts, total=None):
    """SVG bar of ``tone, number, tone, number …`` against their sum or ``total``; write the words beside it."""
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    whole = total or sum(number or 0 for _tone, number in pairs) or 1
    rects, x = [], 0
    for tone, number in pairs:
        width = round((number or 0) * 100 / whole, 2)
        rects.append(format_html('<rect class="fill-{}" x="{}%" width="{}%" height="100%"/>', tone, x, width))
        x = round(x + width, 2)
    track = mark_safe('<rect class="bars-track" width="100%" height="100%"/>')
    return format_html('<svg aria-hidden="true" focusable="false">{}{}</svg>', track, mark_safe("".join(rects)))


@register.simple_tag
def bar(value, whole, tone="", centered=False):
    """SVG bar of ``value`` against ``whole``, a hair wide where it is not nothing; write the number beside it."""
    width = round((value or 0) * 100 / (whole or 1), 2)
    width = min(100, max(width, 0.8 if value else 0))
    return format_html(
        '<svg aria-hidden="true" focusable="false"><rect class="bars-track" width="100%" height="100%"/>'
        '<rect class="fill{}" x="{}%" width="{}%" height="100%"/></svg>',
        f" fill-{tone}" if tone else "", round((100 - width) / 2, 2) if centered else 0, width,
    )  # fmt: skip


@register.simple_tag
def upright(whole, *parts):
    """SVG column of ``tone, number, tone, number …`` from the foot upwards, against ``whole``."""
    rects, y = [], 100
    for tone, number in zip(parts[::2], parts[1::2], strict=True):
        height = round((number or 0) * 100 / (whole or 1), 2)
        y = round(y - height, 2)
        rects.append(format_html('<rect class="fill-{}" y="{}%" width="100%" height="{}%"/>', tone, y, height))
    return format_html('<svg aria-hidden="true" focusable="false">{}</svg>', mark_safe("".join(rects)))
