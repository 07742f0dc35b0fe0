import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import type { StackConfig } from "../lib/config/stack-config";
import { releaseProps } from "./data-migration";
import { Forwarder } from "./forwarder";
import { type ReleaseImage, imageOf } from "./image";

export interface VerificationArgs {
  /** The release that must be what runs. */
  readonly release: pulumi.Input<ReleaseInputs>;
  /** Record of the release: every attempt is verified anew. */
  readonly recordId: pulumi.Input<string>;
  /** The services of the stack file, by name. */
  readonly services: StackConfig["services"];
  /** Image of each pin, by name. */
  readonly images: Readonly<Record<string, ReleaseImage>>;
  /** The questions, and a smoke command where one is wanted. */
  readonly verification: StackConfig["verification"];
  /** Gates of the environment; those that are asked after the roll-out are judged on what runs. Example: N5, A17. */
  readonly gates: readonly string[];
}

/** What runs is what was released: every pod's image, and what the system answers (rule N5). */
export class Verification extends pulumi.ComponentResource {
  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Verification", name, {}, opts);

    // Children do not inherit what a component waits for; the state shall hold the edge all the same.
    const after = opts?.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn };
    new RunningSystem(`${name}-running-system`, args, { parent: this, ...after });
    const { smoke } = args.verification;
    if (smoke) {
      new command.local.Command(
        `${name}-smoke`,
        { create: smoke.command, update: smoke.command, triggers: [args.recordId] },
        {
          parent: this,
          ...after,
          customTimeouts: { create: `${smoke.timeout}s`, update: `${smoke.timeout}s` },
        },
      );
    }

    this.registerOutputs({});
  }
}

/** What must run for each service. */
export function expectedServices(
  services: VerificationArgs["services"],
  images: VerificationArgs["images"],
): readonly Expected[] {
  return Object.entries(services).map(([service, config]) => ({
    service,
    port: config.port ?? null,
    replicas: config.replicas,
    digest: imageOf(images, config).digest,
    readyWithin: config.readyWithin,
  }));
}

interface Expected {
  readonly service: string;
  readonly port: number | null;
  readonly replicas: number;
  readonly digest: pulumi.Input<string>;
  readonly readyWithin: number;
}

/** Asks the cluster and the services, once per release. */
class RunningSystem extends pulumi.dynamic.Resource {
  constructor(name: string, args: VerificationArgs, opts: pulumi.CustomResourceOptions) {
    const { recordId, services, images, verification, gates } = args;
    const expected = expectedServices(services, images);
    const props = {
      ...releaseProps(args.release),
      recordId,
      expected,
      verification,
      gates,
      evidence: undefined,
    };
    super(
      new Forwarder("verification"),
      name,
      props,
      { ...opts, retainOnDelete: true },
      "slipway",
      "RunningSystem",
    );
  }
}
