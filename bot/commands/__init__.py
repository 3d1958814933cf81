"""All that can be asked of the desk: commands, each with its rule, its verb and its reader of words."""
