"""The outside world, simulated for the demo and the tests."""
