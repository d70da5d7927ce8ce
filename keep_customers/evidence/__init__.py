"""What care changes: the arms of Care Rules that hold back a share, and what came of them; and nothing else is concluded."""
