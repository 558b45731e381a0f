"""What moderators teach: features of comments, lessons, and a linear model learned from them."""
