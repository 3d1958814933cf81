"""The workspace: its Web API, users, files, the desk's channels, and the app's settings."""
