"""Who really wrote a mail: DKIM, SPF, DMARC, ARC and the results of servers that we trust."""
