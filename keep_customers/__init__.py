"""Keep Customers: an ERPNext app that helps a company keep the customers it already has."""

__version__ = "0.4.0.dev0"
