"""What people hand us and take away: queue files, mappings, the policy catalog, exports."""
