import * as pulumi from "@pulumi/pulumi";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import { releaseProps } from "./data-migration";
import { Forwarder } from "./forwarder";

export interface DataSwitchArgs {
  /** The release whose data is switched. */
  readonly release: pulumi.Input<ReleaseInputs>;
  /** Record that `DataMigration` opened. */
  readonly recordId: pulumi.Input<string>;
}

/**
 * The instant at which the new data takes the old one's place. Where the code goes first it comes after the workloads, and tells
 * the engine that they run; where the data goes first, `DataMigration` has switched already, and it only stands in between.
 */
export class DataSwitch extends pulumi.dynamic.Resource {
  constructor(name: string, args: DataSwitchArgs, opts?: pulumi.CustomResourceOptions) {
    const props = { ...releaseProps(args.release), recordId: args.recordId };
    super(
      new Forwarder("data-switch"),
      name,
      props,
      { ...opts, retainOnDelete: true },
      "slipway",
      "DataSwitch",
    );
  }
}
