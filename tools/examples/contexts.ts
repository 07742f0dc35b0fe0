import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { writePrivate } from "../environment/private-file";

interface Kubeconfig {
  readonly contexts: readonly { readonly name: string; readonly context: object }[];
  readonly [key: string]: unknown;
}

/** A kubeconfig in which the embedded cluster has the names of a system's own clusters, so that its stack files stay as they are. */
export async function kubeconfigWith(
  kubeconfig: string,
  names: readonly string[],
  file: string,
): Promise<string> {
  const config = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
  const [first] = config.contexts;
  if (first === undefined) throw new Error(`${kubeconfig} has no context`);
  const contexts = names.map((name) => ({ name, context: first.context }));
  await writePrivate(file, stringify({ ...config, contexts, "current-context": names[0] }));
  return file;
}
