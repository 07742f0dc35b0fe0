import { ServerFailed } from "../server-failed";

/** Something of the real node could not be started. */
export class NodeFailed extends Error {
  override readonly name = "NodeFailed";

  constructor(override readonly cause: Error) {
    super(cause.message);
  }

  /** Runs a part of the node's start; what it throws is marked as the node's. */
  static async of<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw new NodeFailed(error instanceof Error ? error : new Error(String(error)));
    });
  }
}

/** Whether an error comes of the real node, which kwok could play instead. */
export function isOfNode(error: unknown): error is Error {
  return (
    error instanceof NodeFailed ||
    (error instanceof ServerFailed && ["containerd", "kubelet"].includes(error.server))
  );
}
