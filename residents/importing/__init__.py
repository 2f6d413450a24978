"""From a committee's spreadsheet to the register.

Reading, without models or database: ``columns.suggest_mapping(header)`` finds the columns, ``source_type.source_type_of(mapping)``
says which source type the file has, ``rows.read_people([(sheet, mapping), …], options)`` gives typed people with findings.
"""
