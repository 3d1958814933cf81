"""A mail's structure: headers, parts, attachments, and repairs of what is broken (RFC 5322, 2045–2049)."""
