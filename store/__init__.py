"""The case store: what is remembered, and the rules that keep it true."""
