"""Private servers: each test, and each measurement, has its own."""
