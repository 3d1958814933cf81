"""Hostile load: bombs by mail, floods of connections, crowds of uploads; what each costs everybody else."""
