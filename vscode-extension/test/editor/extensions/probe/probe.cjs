/** Runs the functions that the tests send to the socket PROBE, with VS Code's API, and answers what they return. */

const { rmSync } = require("node:fs");
const { createServer } = require("node:http");
const { text } = require("node:stream/consumers");
const vscode = require("vscode");

exports.activate = (context) => {
  const server = createServer(async (request, response) => {
    try {
      const { source, args } = JSON.parse(await text(request));
      const answer = await new Function(`return (${source})`)()(vscode, ...args);
      response.end(JSON.stringify({ answer: answer ?? null }));
    } catch (error) {
      response.end(JSON.stringify({ error: error.stack }));
    }
  });
  // An extension host before this one may have left its socket.
  rmSync(process.env.PROBE, { force: true });
  server.listen(process.env.PROBE);
  context.subscriptions.push({ dispose: () => server.close() });
};
