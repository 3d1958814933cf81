"""What a process stands on: group commit, supervised threads, logs, metrics, file descriptors."""
