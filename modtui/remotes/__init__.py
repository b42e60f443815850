"""Where a workspace syncs to: a shared folder or the team's database, behind one protocol."""
