"""What a cluster must hold before the hub can run: topics, users and rights, from one pure plan."""
