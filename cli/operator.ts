import { userInfo } from "node:os";

/** Who runs the command: `SLIPWAY_OPERATOR`, what CI says, or the machine's user. */
export function operator(variables: NodeJS.ProcessEnv): string {
  return (
    variables["SLIPWAY_OPERATOR"] ??
    variables["GITHUB_ACTOR"] ??
    variables["GITLAB_USER_LOGIN"] ??
    userInfo().username
  );
}
