"""The pages: a new case, a case, surveys, article links; their forms become commands."""
