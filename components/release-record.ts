import * as pulumi from "@pulumi/pulumi";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import type { ReleaseRecordData } from "../lib/data/protocol";
import { recordInOneLine } from "../lib/review/record";
import { releaseProps } from "./data-migration";
import { Forwarder } from "./forwarder";

export interface ReleaseRecordArgs {
  /** The release that is confirmed. */
  readonly release: pulumi.Input<ReleaseInputs>;
  /** Record that `DataMigration` opened, before anything was touched (rule N17). */
  readonly recordId: pulumi.Input<string>;
}

/**
 * The last resource of a release: confirms it in the journal, whereupon the engine opens writes and closes the record.
 * Where it is never reached, the engine closes the record as rolled back.
 */
export class ReleaseRecord extends pulumi.dynamic.Resource {
  /** The closed record (rule N17). */
  declare public readonly record: pulumi.Output<ReleaseRecordData>;
  /** The record in one line, for people. */
  public readonly summary: pulumi.Output<string>;

  constructor(name: string, args: ReleaseRecordArgs, opts?: pulumi.CustomResourceOptions) {
    const props = { ...releaseProps(args.release), recordId: args.recordId, record: undefined };
    super(
      new Forwarder("release-record"),
      name,
      props,
      { ...opts, retainOnDelete: true },
      "slipway",
      "ReleaseRecord",
    );
    this.summary = this.record.apply(recordInOneLine);
  }
}
