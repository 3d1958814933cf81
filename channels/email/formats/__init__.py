"""Formats that mail carries: HTML, calendars, TNEF, RTF, MAPI, CMS."""
