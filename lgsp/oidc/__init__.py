"""Signing in by OpenID Connect: whom a provider vouches for, as what, and how that is proved."""
