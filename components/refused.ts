import * as pulumi from "@pulumi/pulumi";

/**
 * What Pulumi is told of a refusal: its text alone. It has no stack, as Pulumi would have that coloured, too, for a trace that nobody
 * reads; and Node gets lost in it for many seconds where a source map shortened a path in node_modules to `@scope/file`.
 */
export function refused(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}
