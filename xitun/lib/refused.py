"""Why an uploaded file was not read, in words for the person who sent it."""

from django.utils.translation import gettext_lazy as _

_SAVE_AS = _("Open it in Excel or WPS, choose Save As, type .xlsx, and upload the new file.")
_TAKE_OTHER = _("Upload an Excel workbook (.xlsx or .xls) or a CSV file.")

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
        return f"{self.message} {self.remedy}"
