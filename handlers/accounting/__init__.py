"""Accounting for an event: the workbook, paper to sign and to check, certificates, pictures."""
