/** Runs the functions that the tests send to the socket PROBE, with VS Code's API, and answers what they return. */

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
  server.listen(process.env.PROBE);
  context.subscriptions.push({ dispose: () => server.close() });
};
