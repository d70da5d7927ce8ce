"""When things happen: the nightly run and the document events."""
