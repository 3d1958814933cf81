"""The commands of data protection: what is held of a person is handed over, or erased."""
