"""Articles of the documentation: searched, clicked, what they solved."""
