"""Every step that learns something from data, as a fit / apply pair."""
