"""Facts and errors that all rooms share: notices, cases as they are shown, refusals, working time."""
