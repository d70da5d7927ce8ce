"""A person's data: what is stored of somebody, given out, forgotten, and not kept longer than it is of use."""
