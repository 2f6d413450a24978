"""From the rows of a committee's spreadsheet to typed people with findings. No models, no database.

``columns.suggest_mapping(header)`` → ``columns.Mapping``; ``truth.file_truth(mapping, ...)`` → which truth the
file states; ``rows.read_people([(sheet, mapping), …], options)`` → ``list[rows.PersonRow]``.
"""
