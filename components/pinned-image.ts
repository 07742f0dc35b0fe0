import * as pulumi from "@pulumi/pulumi";

export interface PinnedImageArgs {
  /** Repository without tag or digest. Example: `ghcr.io/microbiomedata/nmdc-runtime-fastapi`. */
  readonly repository: pulumi.Input<string>;
  /** Tag that people know the image by; never what decides. Example: `v2.19.0`. */
  readonly tag: pulumi.Input<string>;
  /** What runs: `sha256:` and 64 hexadecimal digits (rules N4, X1). */
  readonly digest: pulumi.Input<string>;
}

/** An image that was built before: what a reviewer sees in the stack file is what runs. */
export class PinnedImage extends pulumi.ComponentResource {
  /** `repository:tag@digest`, as a pod spec takes it. */
  public readonly reference: pulumi.Output<string>;
  /** The digest alone. */
  public readonly digest: pulumi.Output<string>;

  constructor(name: string, args: PinnedImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:PinnedImage", name, { ...args }, opts);

    this.digest = pulumi.output(args.digest);
    this.reference = pulumi.interpolate`${args.repository}:${args.tag}@${args.digest}`;

    this.registerOutputs({ reference: this.reference, digest: this.digest });
  }
}
