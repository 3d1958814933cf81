"""The database: connections, transactions, statements, leases, the clock."""
