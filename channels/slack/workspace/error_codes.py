"""Slack's error codes: what each means for a delivery, and in words for people."""

from __future__ import annotations

CLOSED = frozenset(
    (
        "channel_not_found", "not_in_channel", "is_archived", "team_access_not_granted", "restricted_action",
        "restricted_action_non_threadable_channel", "restricted_action_read_only_channel",
        "restricted_action_thread_locked", "restricted_action_thread_only_channel",
    )
)  # fmt: skip
"""A place that does not take our words, or is not there."""
GONE = frozenset(("thread_not_found", "message_not_found", "cannot_reply_to_message", "cant_update_message"))
"""A message that we wanted to change, or to write below, is not there or not ours."""
UNDIRECTED = frozenset(
    (
        "cannot_dm_bot", "user_not_found", "users_not_found", "user_not_visible", "invalid_user_combination",
        "not_allowed", "no_permission", "access_denied", "restricted_action", "messages_tab_disabled",
        "channel_not_found", "team_access_not_granted", "enterprise_is_restricted",
        "method_not_supported_for_channel_type", "app_access_restricted",
    )
)  # fmt: skip
"""Why we may not write to a person directly, though they may be there: often of another organisation."""
FINAL = CLOSED | GONE | UNDIRECTED | frozenset(
    (
        "user_disabled", "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format",
        "user_not_in_channel", "too_many_attachments", "attachment_payload_limit_exceeded", "no_text",
        "metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema", "metadata_must_be_sent_from_app",
        "invalid_attachments", "markdown_text_conflict", "block_mismatch", "edit_window_closed", "is_inactive",
        "team_not_found", "channel_is_limited_access", "cant_delete_message",
        "file_uploads_disabled", "file_uploads_except_images_disabled", "file_upload_size_restricted",
        "file_type_not_allowed", "blocked_file_type", "posting_to_channel_denied", "invalid_channel",
        "file_not_found", "file_deleted", "file_is_deleted", "file_share_limit_reached", "max_file_sharing_exceeded",
        "slack_connect_blocked_file_type", "slack_connect_file_upload_sharing_blocked",
        "slack_connect_file_link_sharing_blocked", "slack_connect_clip_sharing_blocked",
        "slack_connect_canvas_sharing_blocked", "slack_connect_lists_sharing_blocked",
        "cant_delete_file", "delete_not_allowed", "file_deleting_disabled",
        "storage_limit_reached", "already_reacted", "no_reaction", "invalid_name",
        "not_reactable", "too_many_emoji", "too_many_reactions", "thread_locked", "no_access", "bad_timestamp",
    )
)  # fmt: skip
"""Errors that another attempt cannot repair (docs.slack.dev, "Errors" of the methods that are called here).

Codes about the arguments of a call are left out: they may concern every message after a change of Slack's.
"""
TOKEN = frozenset(
    (
        "account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired", "org_login_required",
        "ekm_access_denied", "not_allowed_token_type", "accesslimited", "two_factor_setup_required",
        "message_limit_exceeded",
    )
)  # fmt: skip
"""Errors about the token or the whole workspace. All deliveries wait until an operator has repaired it."""
TRANSIENT = frozenset(
    (
        "service_unavailable", "internal_error", "fatal_error", "request_timeout", "team_added_to_org",
        "external_channel_migrating", "update_failed", "streaming_state_conflict",
    )
)  # fmt: skip
"""Slack itself does not work just now: it is asked again soon, and not less and less often."""
SCOPE = "missing_scope"
"""The app may not make this call at all: deliveries that need it wait until the app is reinstalled."""
MEANINGS = {
    "user_not_visible": "the app may not see this person",
    "invalid_user_combination": "the app may not write to this person",
    "user_not_in_channel": "this person is not in the channel",
    "user_disabled": "this person's account is deactivated",
    "not_in_channel": "the app is not in the channel",
    "channel_not_found": "the app cannot see the channel",
    "is_archived": "the channel is archived",
    "no_permission": "the app may not do that here",
    "missing_scope": "the app lacks a scope; reinstall the app from the manifest",
    "account_inactive": "the app was removed from the workspace",
    "token_revoked": "the app's token was revoked",
    "invalid_auth": "Slack does not recognise the app's token",
    "not_authed": "the app has no token",
    "token_expired": "the app's token is no longer valid",
    "ekm_access_denied": "administrators have suspended it",
    "org_login_required": "the workspace is being moved into an organisation",
    "file_uploads_disabled": "the workspace allows no files",
    "storage_limit_reached": "the workspace has no room for files",
}
"""What a code says, in words."""
UNMARKED = FINAL | {"external_channel_migrating", "no_item_specified"}
"""Why there is no reaction to add or remove (docs.slack.dev: "reactions.add", "reactions.remove"): no failure."""
