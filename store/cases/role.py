"""Roles in a case: what somebody may be to it."""

from __future__ import annotations

TAKING_PART = ("requester", "collaborator")
"""The customers of a case; whoever is *proposed* is none yet."""
