"""The report: figures of a period, as text, CSV, charts and a page; the weekly digest."""
