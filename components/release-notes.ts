import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseRecordData } from "../lib/data/protocol";
import { releaseNotes } from "../lib/review/release-notes";

export interface ReleaseNotesArgs {
  /** `owner/name` of the GitHub repository. Example: `microbiomedata/nmdc-runtime`. */
  readonly repository: string;
  /** Tag of the release. Example: `v2.19.0`. */
  readonly tag: pulumi.Input<string>;
  /** Commit that a new tag is made on. Default: the tag exists. */
  readonly commitish?: pulumi.Input<string> | undefined;
  /** The closed record: its text becomes the notes. */
  readonly record: pulumi.Input<ReleaseRecordData>;
}

/** Tells the world: a GitHub Release whose title is the tag and whose text is the record (rule N3). */
export class ReleaseNotes extends pulumi.ComponentResource {
  constructor(name: string, args: ReleaseNotesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ReleaseNotes", name, {}, opts);

    const [owner = "", repository = ""] = args.repository.split("/");
    const provider = new github.Provider(`${name}-github`, { owner }, { parent: this });
    new github.Release(
      `${name}-release`,
      {
        repository,
        tagName: args.tag,
        name: args.tag,
        body: pulumi.output(args.record).apply(releaseNotes),
        ...(args.commitish !== undefined && { targetCommitish: args.commitish }),
      },
      // Notes of a release are history: the next release adds its own and leaves these.
      { parent: this, provider, retainOnDelete: true },
    );

    this.registerOutputs({});
  }
}
