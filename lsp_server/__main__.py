"""`python -P -m lsp_server`: the server on standard input and output."""

from lsp_server.server import start

start()
