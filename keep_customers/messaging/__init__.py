"""What is said to customers and how it is sent; what they answer, and who wants to hear nothing."""
