import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

export interface ImageBuildArgs {
  /** Repository that the image is pushed to. Example: `ghcr.io/microbiomedata/nmdc-runtime-fastapi`. */
  readonly repository: pulumi.Input<string>;
  /** Tag that the build gets. Example: `v2.19.0`. */
  readonly tag: pulumi.Input<string>;
  /** Folder of the build context, relative to Pulumi.yaml. Example: `../nmdc-runtime`. */
  readonly context: pulumi.Input<string>;
  /** Dockerfile, relative to the context. Default: `Dockerfile`. */
  readonly dockerfile?: pulumi.Input<string> | undefined;
  /** Target of the Dockerfile (rule N4). Default: the last one. Example: `fastapi`. */
  readonly target?: pulumi.Input<string> | undefined;
  /** Build arguments; never secrets. Default: none. */
  readonly args?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
}

/** An image that a development stack builds and pushes itself; the registry's answer is its digest. Needs a Docker engine. */
export class ImageBuild extends pulumi.ComponentResource {
  /** `repository:tag@digest`, as a pod spec takes it. */
  public readonly reference: pulumi.Output<string>;
  /** The digest alone. */
  public readonly digest: pulumi.Output<string>;

  constructor(name: string, args: ImageBuildArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ImageBuild", name, {}, opts);

    const image = new docker.Image(
      `${name}-image`,
      {
        imageName: pulumi.interpolate`${args.repository}:${args.tag}`,
        build: {
          context: args.context,
          dockerfile: pulumi.interpolate`${args.context}/${args.dockerfile ?? "Dockerfile"}`,
          ...(args.target !== undefined && { target: args.target }),
          ...(args.args !== undefined && { args: args.args }),
        },
      },
      { parent: this, retainOnDelete: true },
    );
    this.digest = image.repoDigest.apply((pushed) => pushed.slice(pushed.indexOf("@") + 1));
    this.reference = pulumi.interpolate`${args.repository}:${args.tag}@${this.digest}`;

    this.registerOutputs({ reference: this.reference, digest: this.digest });
  }
}
