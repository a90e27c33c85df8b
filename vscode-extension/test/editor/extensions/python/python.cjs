/** What tflint asks of the Python extension; `select` is for the tests. */

const { EventEmitter, Uri } = require("vscode");

exports.activate = () => {
  const changed = new EventEmitter();
  let selected;
  return {
    select(executable) {
      selected = executable;
      changed.fire();
    },
    environments: {
      onDidChangeActiveEnvironmentPath: changed.event,
      getActiveEnvironmentPath: () => ({ path: selected }),
      resolveEnvironment: async ({ path }) => path && { executable: { uri: Uri.file(path) } },
    },
  };
};
