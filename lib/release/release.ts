import { contentHash } from "../content-hash";

/** All that a release is; nothing else decides what runs afterwards. */
export interface ReleaseContent {
  readonly system: string;
  readonly environment: string;
  readonly release: string;
  readonly images: readonly {
    readonly name: string;
    readonly repository: string;
    readonly tag: string;
    readonly digest: string;
  }[];
  readonly services: Readonly<Record<string, unknown>>;
  /** Jobs before the roll-out; left out where there is none. */
  readonly jobs?: Readonly<Record<string, unknown>>;
  /** Content hash of each chart in a folder, by service; left out where there is none. */
  readonly charts?: Readonly<Record<string, string>>;
  readonly schema: { readonly package: string; readonly version: string };
  readonly migrations: readonly { readonly id: string; readonly hash: string }[];
}

/**
 * The release hash: what reviewers approve, what the database's journal holds, what a second `pulumi up` compares (rules X1, X3).
 * Host names of registries count: another registry is another release.
 */
export function releaseHash(content: ReleaseContent): string {
  const images = [...content.images].sort((a, b) => (a.name < b.name ? -1 : 1));
  return contentHash(JSON.parse(JSON.stringify({ ...content, images })) as Parameters<typeof contentHash>[0]);
}
