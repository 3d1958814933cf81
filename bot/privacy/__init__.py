"""Data protection: what is held of a person is handed over or erased, after a restore, too."""
