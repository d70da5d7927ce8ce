"""How good the Customer Files are, and how they get better: drives, spot checks, a guided first fill, what Contacts know."""
