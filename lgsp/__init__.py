"""A provincial data-sharing platform: canonical messages, journalled, routed and delivered."""
