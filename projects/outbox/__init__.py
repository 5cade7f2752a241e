"""What is told outside of the house. `write` puts messages beside the reminders, `deliver` carries them."""
