"""tflint in editors: a language server that says what the command says, while one types."""
