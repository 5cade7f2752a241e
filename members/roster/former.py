"""Lines that know somebody by an ID number or a name borne before. They find the person and bring nothing of it back:
the number and name of today stay, and so do the birth date and sex of today's number."""

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery

from members.models import FormerIdentity, Person

# To be told only of the line's own branch: another's roll may be out of the reader's sight.
KNOWN_BEFORE = (Q(former_number=True) | Q(former_name=True)) & Q(person__unit=F("unit"))
OTHER_NUMBER = Q(id_hash__isnull=False, person__id_hash__isnull=False) & ~Q(id_hash=F("person__id_hash"))
OF_THE_NUMBER = ("sex", "birth_date")


def match_former(lines):
    """The person of a number that is nobody's now but was somebody's once; one statement."""
    once = FormerIdentity.objects.borne().filter(person__voided_at=None, id_hash=OuterRef("id_hash"))
    nobody = lines.filter(person=None, id_hash__isnull=False)
    nobody.filter(Exists(once)).update(person=Subquery(once.order_by("pk").values("person")[:1]))


def match_former_names(lines):
    """A line without number that has the branch, birth date and former name of somebody: to be settled by a person."""
    once = FormerIdentity.objects.borne().filter(name=OuterRef("name"), person__voided_at=None)
    once = once.filter(person__unit=OuterRef("unit"), person__birth_date=OuterRef("birth_date"))
    nobody = lines.filter(person=None, id_hash=None, birth_date__isnull=False)
    nobody.filter(Exists(once)).update(person=Subquery(once.order_by("pk").values("person")[:1]))


def borne_before(**alike):
    """Exists over lines with a person: a former identity of theirs with these columns."""
    return Exists(FormerIdentity.objects.borne().filter(person=OuterRef("person"), **alike))


def mark_former(lines):
    """Set `former_number` and `former_name` of the lines whose person bore them before, and bears another now; one
    statement."""
    lines.filter(person__isnull=False).filter(borne_before()).update(
        former_number=_no_longer("id_hash"), former_name=_no_longer("name")
    )


def _no_longer(column):
    same = {column: OuterRef(column)}
    now = Exists(Person.objects.filter(pk=OuterRef("person"), **same))
    return ExpressionWrapper(borne_before(**same) & ~now, output_field=BooleanField())


def writes(column):
    """Q over lines with a person: what the line says of `column` may be written."""
    if column in OF_THE_NUMBER:
        return ~OTHER_NUMBER
    return Q(former_name=False) if column == "name" else Q()


def keeps(line, column):
    """The same of one line: whether the file keeps what it says in `column`."""
    if column in OF_THE_NUMBER:
        return bool(line.id_hash and line.person.id_hash and line.id_hash != line.person.id_hash)
    return column == "name" and line.former_name
