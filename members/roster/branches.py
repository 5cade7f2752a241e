"""Recognising a branch by what a roster calls it. No models, no I/O."""

import difflib
import re
import unicodedata

_ENDING = re.compile(r"(?:党支部|支部)$")
_WIDE_SPACE = re.compile(r"\s+")
_SPACE = re.compile(r"[\s\u200b-\u200f\ufeff]+")


class Branches:
    """The branches a roster may name.

    `units` is an iterable of (key, name, English name or ""). A name counts with or without its ending 党支部 or 支部;
    a name that two units share counts for neither. `ended` are branches that no roster may name any more: an iterable
    of (name, English name or "", names of the branches that stand in its place).
    """

    def __init__(self, units, ended=()):
        self._keys, self._names, self._ended = {}, {}, {}
        for key, name, name_en in units:
            self._names[key] = name
            for form in {_stem(name), _clean(name_en)} - {""}:
                self._keys[form] = None if self._keys.get(form, key) != key else key
        for name, name_en, successors in ended:
            for form in {_stem(name), _clean(name_en)} - {""}:
                self._ended.setdefault(form, []).extend(successors)

    def recognise(self, text):
        """The key of the branch `text` names, or None."""
        return self._keys.get(_stem(text)) or self._keys.get(_clean(text))

    def successors_of(self, text):
        """The names of the branches in the place of an ended one that `text` names, perhaps none; else None."""
        found = self._ended.get(_stem(text), self._ended.get(_clean(text)))
        return None if found is None else list(dict.fromkeys(found))

    def name(self, key):
        return self._names[key]

    def nearest(self, text, count=1):
        """Full names that look most like `text`, for a suggestion to a person; never for a decision."""
        by_stem = {_stem(name): name for name in self._names.values()}
        return [by_stem[stem] for stem in difflib.get_close_matches(_stem(text), by_stem, count, cutoff=0.4)]

    def named_in(self, title):
        """The key of the one branch whose name stands in a title such as 单位：西岭村党支部, or None."""
        words = _WIDE_SPACE.sub(" ", unicodedata.normalize("NFKC", str(title))).lower().split(" ")
        text = "".join(words) if all(len(word) == 1 for word in words) else " ".join(words)
        found = {form for form, key in self._keys.items() if key is not None and _stands_in(form, text)}
        keys = {self._keys[form] for form in found if not any(form != other and form in other for other in found)}
        return keys.pop() if len(keys) == 1 else None

    def __len__(self):
        return len(self._names)

    def only(self):
        """The key when there is just one branch, as when a roster is imported into a branch."""
        return next(iter(self._names)) if len(self._names) == 1 else None


def looks_like_branch(text):
    """Whether a sheet or title seems to name a branch, known or not."""
    return bool(re.search(r"(?:支部|村|社区)$", _clean(text)))


def _stands_in(form, text):
    """A name inside a longer one (湾村 in 小湾村) does not count; one behind its town's name does."""
    return re.search(rf"(?:^|[^\u4e00-\u9fff]|[镇乡县市区共]){re.escape(form)}", text) is not None


def _clean(text):
    return _SPACE.sub("", unicodedata.normalize("NFKC", "" if text is None else str(text))).lower()


def _stem(text):
    return _ENDING.sub("", _clean(text))
