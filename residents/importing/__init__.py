"""Import of people: from a committee's spreadsheet to people in dwellings and households.

The pipeline is `portal.importing`; `importer.PeopleImporter` declares the columns, `importer.PeopleRun` the stages:
`rows.read_people` reads the sheets into `person_row.PersonRow`, `planning.plan_rows` matches them and plans their
moves, `writing.ImportWriter` writes. The other lists of people refer to them by `person_reference`.
"""
