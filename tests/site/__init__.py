"""The documentation as the site that it becomes."""
