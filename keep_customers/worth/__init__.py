"""What customers are worth: their purchases, who is ranked by which policy, values, demand."""
