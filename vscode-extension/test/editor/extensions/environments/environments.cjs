/** What tflint asks of the Python Environments extension; `select` is for the tests. */

const { EventEmitter } = require("vscode");

exports.activate = () => {
  const changed = new EventEmitter();
  let selected;
  return {
    select(executable) {
      selected = executable;
      changed.fire();
    },
    onDidChangeEnvironment: changed.event,
    getEnvironment: async () => selected && { execInfo: { run: { executable: selected } } },
  };
};
