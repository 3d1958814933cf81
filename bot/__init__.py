"""The desk: what people ask becomes what happens to cases, and what must be said about it."""
