"""The broker moves the work: frames that name deliveries, one queue per system."""
