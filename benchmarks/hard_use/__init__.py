"""What faults.py and crowd.py are made of: a small company that lives from day to day, servers that may be killed, and
whether two of its states are the same."""
