"""Tests of the command line run in an empty folder, without variables of casebot in the environment."""

from tests.support.houses.console import in_an_empty_folder

__all__ = ["in_an_empty_folder"]
