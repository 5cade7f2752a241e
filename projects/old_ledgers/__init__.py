"""An old ledger of a project, kept in Excel, becomes records.

    headings   which of the room's declared columns a heading means      cells     what a cell says
    people     whom a row is about                                       judge     what would be written, and what not
    acts       keep the file, decide, write, take back

The table itself is found as in a roster (members.roster.layout): titles, totals, merged headings, several sheets. Every
number of rows is read anew from the kept file until it is written, so nothing judged can grow stale.
"""
