"""The people of customers and the desk's staff: imported from files, synchronised from the config."""
