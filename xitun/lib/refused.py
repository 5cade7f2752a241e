"""Why an uploaded file was not read, in words for the person who sent it."""

from django.utils.translation import gettext_lazy as _

_SAVE_AS = _("Open it in Excel or WPS, choose Save As, type .xlsx, and upload the new file.")
_TAKE_OTHER = _("Upload an Excel workbook (.xlsx or .xls) or a CSV file.")
_BOTH = _("%(message)s %(remedy)s")  # Chinese leaves no gap between sentences
_TAKE_PAPER = _("Photos, PDF, Word (.docx) and Excel (.xlsx) files can be kept.")

REFUSALS = {
    "too_big": (_("The file is larger than %(limit)s MB."), _("Split it, one file a branch, and upload the parts.")),
    "zip_bomb": (_("Unpacked, the file would be larger than %(limit)s MB."), _("Remove pictures and empty sheets.")),
    "encrypted": (
        _("The file is protected by a password."),
        _("Remove the password, save, and upload it again."),
    ),
    "empty": (_("There is nothing in the file."), _("Check that you chose the right file and that it was saved.")),
    "web_page": (_("The file is a web page or XML that only bears the name of a workbook."), _SAVE_AS),
    "word_document": (_("The file is a Word document."), _("Copy its table into an Excel workbook and upload that.")),
    "other_spreadsheet": (_("This kind of spreadsheet is not read."), _SAVE_AS),
    "not_a_spreadsheet": (_("The file is not a spreadsheet, whatever its name says."), _TAKE_OTHER),
    "broken": (_("The workbook is damaged and cannot be opened."), _SAVE_AS),
    "too_far": (
        _("Sheet “%(sheet)s” has something in cell %(cell)s, far from the list."),
        _("Delete the rows below the list and the columns right of it, save, and upload again."),
    ),
    "encoding": (_("The characters of this text file cannot be read."), _("Save it as CSV UTF-8 or as .xlsx.")),
    "paper_too_big": (
        _("The file is larger than %(limit)s MB."),
        _("Take a smaller photo, or scan fewer pages at once."),
    ),
    "paper_empty": (
        _("There is nothing in the file."),
        _("Check that you chose the right file and that it was saved."),
    ),
    "paper_unknown": (_("This kind of file is not kept, whatever its name says."), _TAKE_PAPER),
    "paper_macro": (_("The file holds macros, which can do harm."), _("Save it as .docx or .xlsx, or as a PDF.")),
    "paper_old_office": (
        _("The file is of an old kind (.doc, .xls) or protected by a password."),
        _("Remove the password and save it as .docx, .xlsx or PDF."),
    ),
    "paper_broken": (_("The file is damaged and cannot be opened."), _("Save it once more and choose it again.")),
    "picture_broken": (_("The photo is damaged or incomplete."), _("Take it again, or choose another.")),
    "picture_large": (
        _("The photo has more than %(limit)s million points."),
        _("Take it with a smaller size, or send a screenshot of it."),
    ),
    "broken_csv": (
        _("The text file cannot be cut into cells near row %(row)s: a quotation mark stands alone."),
        _("Correct that row, or save the table as .xlsx."),
    ),
}


class FileRefused(Exception):
    """`code` is a key of REFUSALS; `message` says what is wrong and `remedy` what to do, in the active language."""

    def __init__(self, code, **details):
        self.code = code
        self.details = details
        super().__init__(code)

    @property
    def message(self):
        return str(REFUSALS[self.code][0]) % self.details

    @property
    def remedy(self):
        return str(REFUSALS[self.code][1])

    def __str__(self):
        return str(_BOTH) % {"message": self.message, "remedy": self.remedy}
