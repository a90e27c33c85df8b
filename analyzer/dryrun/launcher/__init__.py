"""What runs between tflint and the user's interpreter: it confines that, and ends whatever comes of it."""
