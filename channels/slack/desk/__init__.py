"""The desk as people in Slack ask it: requests, lists, menus, drafts, and what is answered."""
