import * as pulumi from "@pulumi/pulumi";
import type { MaintenanceConfig } from "../lib/config/maintenance";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import type { StackConfig } from "../lib/config/stack-config";
import { compiled } from "./compiled";
import { releaseProps } from "./data-migration";
import { Forwarder } from "./forwarder";
import type { ReleaseImage } from "./image";
import { expectedServices } from "./verification";

export interface MaintenanceArgs {
  /** The release that users wait for. */
  readonly release: pulumi.Input<ReleaseInputs>;
  /** Services, commands, and what becomes of a release that fails. */
  readonly maintenance: MaintenanceConfig;
  /** The window whose times users are told. Default: from now on, for `maintenance.minutes`. */
  readonly window: StackConfig["window"];
}

export interface MaintenanceEndArgs {
  /** The closed record: before it nobody is let in. */
  readonly recordId: pulumi.Input<string>;
  /** What must run, and answer, at that moment (rule A17). */
  readonly services: StackConfig["services"];
  readonly images: Readonly<Record<string, ReleaseImage>>;
  readonly verification: StackConfig["verification"];
}

/**
 * Maintenance of a release in several services: all or nothing (rule A12), ended when the release is verified (rule A17), and our own
 * alone (rule A18). `started` comes before the data; `endAfter` is called once, with what it waits for.
 */
export class Maintenance extends pulumi.ComponentResource {
  /** On in every service. */
  public readonly started: pulumi.Resource;
  private readonly inputs: object;

  constructor(
    private readonly maintenance: string,
    args: MaintenanceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:index:Maintenance", maintenance, {}, opts);
    const plain = { maintenance: args.maintenance, ...(args.window && { window: args.window }) };
    const props = releaseProps(args.release);
    this.inputs = { ...props, ...plain };
    const release = shownInPreview(props, plain);
    this.started = new MaintenanceStep(
      "start",
      `${maintenance}-start`,
      { ...this.inputs, release, title: undefined },
      this,
    );
    this.registerOutputs({});
  }

  /** Ends it after `closed`, whatever run put it on. */
  endAfter(closed: pulumi.Resource, { services, images, ...args }: MaintenanceEndArgs): void {
    const props = { ...this.inputs, ...args, expected: expectedServices(services, images), ended: undefined };
    new MaintenanceStep("end", `${this.maintenance}-end`, props, this, closed);
  }
}

/** The maintenance that the stack file asks for; none where it has no such section, or the lane needs none (rule A19). */
export function maintenanceOf(
  { maintenance, lane, window }: StackConfig,
  release: pulumi.Input<ReleaseInputs>,
): Maintenance | undefined {
  if (maintenance?.lanes.includes(lane.kind) !== true) return undefined;
  return new Maintenance("maintenance", { release, maintenance, window });
}

/** Its start or its end. */
class MaintenanceStep extends pulumi.dynamic.Resource {
  constructor(
    step: "start" | "end",
    name: string,
    props: object,
    parent: Maintenance,
    after?: pulumi.Resource,
  ) {
    super(
      new Forwarder(`maintenance-${step}`),
      name,
      props,
      { parent, retainOnDelete: true, ...(after && { dependsOn: after }) },
      "slipway",
      step === "start" ? "MaintenanceStart" : "MaintenanceEnd",
    );
  }
}

/** `pulumi preview` says what users would be told; the services are only asked for that (rule X2). */
function shownInPreview(props: ReturnType<typeof releaseProps>, plain: object): pulumi.Output<ReleaseInputs> {
  if (!pulumi.runtime.isDryRun()) return props.release;
  const release = pulumi
    .all([props.release, props.hash, props.secrets])
    .apply(async ([inputs, hash, secrets]) => {
      const lines = await compiled().maintenanceInWords({ release: inputs, hash, secrets, ...plain });
      if (lines.length > 0) await pulumi.log.info(lines.join("\n"));
      return inputs;
    });
  return pulumi.unsecret(release);
}
