"""Foreign bytes are read in a child process with limits, which may die of them."""
