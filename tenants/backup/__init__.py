"""What a backup of one municipality is made of: the file itself, its schema, its rows of the public schema, its files.

How a backup is made and brought back is in `elections.actions.backup` and `elections.actions.backup_restore`.
"""
