"""Files of every kind, as text and numbers: nothing here knows what they mean."""
