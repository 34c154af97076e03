"""Time as the law counts it: official calendars by year, and the clocks that run on them."""
