"""Reads an old .xls from standard input and pickles its sheets to standard output, in a process of its own.

The reader makes a dense table as far as the farthest cell a file claims, and .xls cannot be checked beforehand as
.xlsx can: a hostile one ends this process and not the server. Run as a script; imports nothing of ours.
Answer: ("sheets", [(name, hidden, merged, first column, rows)]) or ("refused", code).
"""

import io
import pickle
import sys

MEMORY_LIMIT = 2 * 2**30  # bytes


def main():
    limit_memory()
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # within the limit, too

    try:
        answer = "sheets", sheets_of(CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())))
    except PasswordError:
        answer = "refused", "encrypted"
    except (CalamineError, MemoryError, OSError, ValueError):
        answer = "refused", "broken"
    pickle.dump(answer, sys.stdout.buffer)


def sheets_of(book):
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = []
    for position, about in enumerate(book.sheets_metadata):
        if about.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(position)
            first_column = sheet.start[1] if sheet.start else 0
            hidden = about.visible != SheetVisibleEnum.Visible
            merged = [(a + 1, b + 1, c + 1, d + 1) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
            sheets.append((about.name, hidden, merged, first_column, list(sheet.iter_rows())))
    return sheets


def limit_memory():
    try:
        import resource
    except ImportError:  # Windows refuses an allocation that cannot be met by itself
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


if __name__ == "__main__":
    main()
