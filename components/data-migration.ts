import * as pulumi from "@pulumi/pulumi";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import { secretKeysOf } from "../lib/config/resolved-release";
import { compiled } from "./compiled";
import { Forwarder } from "./forwarder";

export interface DataMigrationArgs {
  /** The release: what the engine shall make real. */
  readonly release: pulumi.Input<ReleaseInputs>;
  /** Hash of the release that stands in the database now; where it is another than the state says, this one is applied again. */
  readonly standing: string;
}

/**
 * The data half of a release, and its conductor: opens the record, closes writes, dumps, migrates, validates, loads
 * beside and swaps. Its engine outlives it, and takes the release back when no `ReleaseRecord` confirms it (rule N16).
 */
export class DataMigration extends pulumi.dynamic.Resource {
  /** Id of the record that this release opened. */
  declare public readonly recordId: pulumi.Output<string>;
  /** Schema version that the data has now. */
  declare public readonly schemaVersion: pulumi.Output<string>;

  constructor(name: string, args: DataMigrationArgs, opts?: pulumi.CustomResourceOptions) {
    const props = {
      ...shownInPreview(releaseProps(args.release)),
      standing: args.standing,
      recordId: undefined,
      schemaVersion: undefined,
    };
    super(
      new Forwarder("data-migration"),
      name,
      props,
      { ...opts, retainOnDelete: true },
      "slipway",
      "DataMigration",
    );
  }
}

/** A release as resource inputs; the secrets that it needs stand apart, so that only they are encrypted. */
export function releaseProps(release: pulumi.Input<ReleaseInputs>): ReleaseProps {
  const known = pulumi.output(release);
  const secrets = known.apply(secretsOf);
  return { release: known, hash: known.apply(({ hash }) => hash), secrets: pulumi.secret(secrets) };
}

/** The secrets that a release names, from the stack's config. */
export function secretsOf(inputs: Parameters<typeof secretKeysOf>[0]): pulumi.Output<Record<string, string>> {
  const config = new pulumi.Config("slipway");
  return pulumi.all(Object.fromEntries(secretKeysOf(inputs).map((key) => [key, config.requireSecret(key)])));
}

interface ReleaseProps {
  readonly release: pulumi.Output<ReleaseInputs>;
  readonly hash: pulumi.Output<string>;
  readonly secrets: pulumi.Output<Record<string, string>>;
}

/** `pulumi preview` says what the release would do to the data; the engine only reads for that (rule X2). */
function shownInPreview(props: ReleaseProps): ReleaseProps {
  if (!pulumi.runtime.isDryRun()) return props;
  const release = pulumi.all([props.release, props.secrets]).apply(async ([inputs, secrets]) => {
    const lines = await compiled().planInWords({ release: inputs, secrets });
    if (lines.length > 0) await pulumi.log.info(lines.join("\n"));
    return inputs;
  });
  return { ...props, release: pulumi.unsecret(release) };
}
