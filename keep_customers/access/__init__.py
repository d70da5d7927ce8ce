"""Who is shown what: names that are typed in, rows of tables, what the host would tell anybody."""
