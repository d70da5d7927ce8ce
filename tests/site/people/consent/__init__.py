"""Consent: of people and addresses."""
