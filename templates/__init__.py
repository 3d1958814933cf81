"""The words casebot says, one folder per channel and language; a package only so that it is installed with the rest."""
