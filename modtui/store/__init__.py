"""The workspace: one SQLite file with queues, catalogs and the event log."""
