"""What several rooms need of the host: permissions, tables, signed links, money, calendar, language."""
