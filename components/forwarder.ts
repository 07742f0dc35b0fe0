import type * as pulumi from "@pulumi/pulumi";

/** What the forwarder (compiled, outside Pulumi's serialized text) can do for one kind of dynamic resource. */
export type ForwarderKind =
  | "data-migration"
  | "data-switch"
  | "verification"
  | "release-record"
  | "maintenance-start"
  | "maintenance-end"
  | "release-ticket";

/** The four operations, as `cli/forwarder.ts` exports them for each kind. */
export interface Forwarding {
  diff(olds: object, news: object): Promise<pulumi.dynamic.DiffResult>;
  create(inputs: object): Promise<pulumi.dynamic.CreateResult>;
  update(id: string, olds: object, news: object): Promise<pulumi.dynamic.UpdateResult>;
  read(id: string, props: object): Promise<pulumi.dynamic.ReadResult>;
}

/**
 * A dynamic provider that only forwards. Pulumi stores this class as text in the state and runs that text in a process
 * of its own, so it stays small and captures nothing but its kind; what it does is compiled code of the program.
 *
 * | operation | effect |
 * |---|---|
 * | create, update | the release, the check or the confirmation itself |
 * | diff | whether what the state says still holds: the program has asked the database a moment before |
 * | read | shows drift on `pulumi refresh` |
 * | delete | none: forgetting a resource never drops data |
 */
export class Forwarder implements pulumi.dynamic.ResourceProvider {
  constructor(private readonly kind: ForwarderKind) {}

  diff(_id: string, olds: object, news: object): Promise<pulumi.dynamic.DiffResult> {
    return this.forwarding().diff(olds, news);
  }

  create(inputs: object): Promise<pulumi.dynamic.CreateResult> {
    return this.forwarding().create(inputs);
  }

  update(id: string, olds: object, news: object): Promise<pulumi.dynamic.UpdateResult> {
    return this.forwarding().update(id, olds, news);
  }

  read(id: string, props: object): Promise<pulumi.dynamic.ReadResult> {
    return this.forwarding().read(id, props);
  }

  /** Resolved from the project's folder at run time: a path in the text would tie the state to one machine. */
  private forwarding(): Forwarding {
    const load = process.getBuiltinModule("node:module").createRequire(`${process.cwd()}/index.ts`);
    return (load("slipway/forwarder") as { forwarding(kind: ForwarderKind): Forwarding }).forwarding(
      this.kind,
    );
  }
}
