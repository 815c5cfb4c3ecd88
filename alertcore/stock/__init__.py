"""Stage `stock`: each reporter's last report, and the sums of one partition of reporters."""
