"""The pictures of the documentation, taken of the running product: ``python -m bench.pictures docs/pictures``."""
