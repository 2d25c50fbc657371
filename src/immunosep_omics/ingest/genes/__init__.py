"""From a platform's features to genes."""
