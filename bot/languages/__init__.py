"""What is read in each language: a file per language, with the words of mails, commands and fields."""
