"""Stage `supply`: the national position of each medicine of one shard, and its floors."""
