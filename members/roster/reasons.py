"""Why a line of a roster is refused or only warned about: the codes are a contract with other software, the words are
for the person who has to mend the roster."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

ACCEPT, WARN, REJECT = "accept", "warn", "reject"


@dataclass(frozen=True, slots=True)
class Reason:
    """`title` says what is wrong, `remedy` what to do; `outcome` is the line's when this is its gravest reason."""

    code: str
    outcome: str
    title: str
    remedy: str


_ALL = (
    Reason("name_missing", REJECT, _("No name"), _("Fill in the name, at most 40 characters, without figures.")),
    Reason(
        "formula_cell",
        REJECT,
        _("A formula instead of a value"),
        _("Copy the column and paste it back as values, then save and import again."),
    ),
    Reason(
        "branch_unknown",
        REJECT,
        _("Branch not recognised"),
        _("Write the branch's full name, with or without 党支部 or 支部 at its end. Branches are never guessed."),
    ),
    Reason(
        "branch_ended",
        REJECT,
        _("A branch that has ended"),
        _("Nobody comes onto its roll any more. Write the branch that stands in its place."),
    ),
    Reason(
        "category_unknown",
        REJECT,
        _("Category or standing not recognised"),
        _("Write one of the eight categories, or a standing such as 正式党员, as the import page lists them."),
    ),
    Reason(
        "id_precision_lost",
        REJECT,
        _("The spreadsheet cut off the end of the ID number"),
        _("Format the column as text and type the whole number again from the card."),
    ),
    Reason(
        "id_length",
        REJECT,
        _("The ID number is missing or has the wrong length"),
        _("Type all 18 characters from the card (15 on old cards)."),
    ),
    Reason(
        "id_check_character",
        REJECT,
        _("The ID number is mistyped"),
        _("Its last character does not fit the others. Compare it with the card, digit by digit."),
    ),
    Reason(
        "date_invalid",
        REJECT,
        _("A date that cannot be read, does not exist or lies ahead"),
        _("Write year, month and day, like 1968-07-05; leave the cell empty when the date is not known."),
    ),
    Reason(
        "dates_out_of_order",
        REJECT,
        _("Two dates that contradict each other"),
        _("Nobody joins before birth or is a full member before joining. Compare the dates with the file."),
    ),
    Reason(
        "birth_id_mismatch",
        REJECT,
        _("The birth date is not the one in the ID number"),
        _("Compare both with the card and correct the wrong one."),
    ),
    Reason(
        "sex_id_mismatch",
        REJECT,
        _("The sex is not the one in the ID number"),
        _("Compare both with the card and correct the wrong one."),
    ),
    Reason(
        "duplicate_in_file",
        REJECT,
        _("The same ID number stands on an earlier line"),
        _("Keep one line for each person. If they are two people, correct one ID number."),
    ),
    Reason(
        "id_first_generation",
        WARN,
        _("An old ID number of 15 digits"),
        _("It is kept as the 18-digit number of the same person. Compare it with the new card."),
    ),
    Reason(
        "joined_under_18",
        WARN,
        _("Joined the Party before turning 18"),
        _("Compare the joining date and the birth date with the file."),
    ),
    Reason(
        "cause_not_recorded",
        WARN,
        _("This cause of hardship is not recorded"),
        _(
            "An attitude is no cause, and other words are unknown here: the field stays empty. The causes are 缺劳力,"
            " 缺技术, 因家庭无法外出 and 年老多病."
        ),
    ),
    Reason(
        "phone_unreadable",
        WARN,
        _("The phone number cannot be read"),
        _("The phone is left as it stands. Format the column as text and type all digits; one number, no words."),
    ),
    Reason(
        "former_number",
        WARN,
        _("An ID number that this person bore before"),
        _("The person keeps today's number, birth date and sex. Correct the roster."),
    ),
    Reason(
        "former_name",
        WARN,
        _("A name that this person bore before"),
        _("The person keeps today's name. Correct the roster."),
    ),
)

REASONS = {reason.code: reason for reason in _ALL}
ORDER = {code: place for place, code in enumerate(REASONS)}


def outcome_of(codes):
    """The line's outcome: its gravest reason decides."""
    outcomes = {REASONS[code].outcome for code in codes}
    return REJECT if REJECT in outcomes else WARN if WARN in outcomes else ACCEPT


def settle(codes):
    """The reasons to report, in a stable order. A refused line lists what must be mended and leaves out mere warnings,
    since nothing of it is written."""
    codes = sorted(set(codes), key=ORDER.__getitem__)
    refusals = [code for code in codes if REASONS[code].outcome == REJECT]
    return refusals or codes
