"""Every SQL statement of the project, one file for each table or question, and nothing else.

Statements are constants above the function that runs them; a test prepares each against schema.sql.
"""
