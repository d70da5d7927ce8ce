"""Kept for tools that still ask for it; the package is described in pyproject.toml."""

from setuptools import setup

setup()
