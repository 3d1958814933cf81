"""What a process stands on: clock, group commit, supervised threads, logs and metrics."""
