"""The process that analyses: what it is asked and answers, what it keeps, and how the server drives it."""
