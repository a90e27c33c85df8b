"""Edits to a program's text, made from its tokens: what a rule's patch is built of."""
