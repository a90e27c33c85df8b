-- Driven by test_neovim.py: opens a program, edits it, and writes what Neovim shows of it as JSON.
local program, clean, result = os.getenv("PROGRAM"), os.getenv("CLEAN"), os.getenv("RESULT")

local function shown()
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, { code = one.code, line = one.lnum, column = one.col, severity = one.severity })
  end
  return found
end

local function wait(holds)
  return vim.wait(60000, holds, 50)
end

local function replaced(path)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn.readfile(path))
end

vim.cmd("edit " .. program)
local told = { appeared = wait(function() return #shown() > 0 end), first = shown() }
local params = { textDocument = vim.lsp.util.make_text_document_params(), position = { line = 4, character = 20 } }
local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", params, 10000)
for _, answer in pairs(answers) do told.hover = answer.result.contents.value end
replaced(clean)
told.went = wait(function() return #shown() == 0 end)
replaced(program)
told.returned = wait(function() return #shown() > 0 end)
vim.wait(1000)
told.last = shown()
told.clients = #vim.lsp.get_active_clients()
vim.fn.writefile({ vim.json.encode(told) }, result)
vim.cmd("qa!")
