"""What several rooms need of the host: permissions, tables, people, signed links, money, calendar, language."""
