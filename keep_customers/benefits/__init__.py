"""What a tier gets: prices, coupons, reserved items, gifts, rebates; and what customers cost."""
