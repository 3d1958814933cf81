"""A mail's structure: headers, parts, attachments, repairs (RFC 5322, RFC 2045–2049)."""
