"""The HTTP side: the simulator page, health and metrics."""
