"""Small faults in the code, and whether the tests notice them."""
