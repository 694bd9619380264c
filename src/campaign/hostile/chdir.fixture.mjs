import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", (_params, { workspaceDir }) => {
  process.chdir(workspaceDir);
});
