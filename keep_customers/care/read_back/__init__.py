"""What the documents of this room will do, read back in sentences; see ``access/read_back.py``."""
