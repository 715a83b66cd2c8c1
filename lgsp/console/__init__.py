"""The console: what operators look at all shift, a client of the same services as the API."""
