"""What filters stand on: a candidate to look at, facts to know, and the run that adds up their signals."""
