import type { StackConfig } from "../../config/stack-config";
import { safeValue } from "../../data/preview/safe-value";

/** One image before and after; without `to` it is no longer in the stack file. */
export interface ImageChange {
  readonly name: string;
  readonly from: ImagePoint | undefined;
  readonly to: ImagePoint | undefined;
  /** Whether the same bytes run as before. */
  readonly same: boolean;
}

export interface ImagePoint {
  readonly repository: string;
  readonly tag: string;
  /** Undefined where the stack builds it itself. */
  readonly digest: string | undefined;
}

export interface SchemaChange {
  readonly package: string;
  readonly from: string | undefined;
  readonly to: string;
  /** Ids of the migrations between the two; the data of a way back needs none. */
  readonly migrations: readonly string[];
}

/** One value of the stack file that is neither an image's nor the schema's; a secret's is never shown. */
export interface SettingChange {
  /** Example: `services.runtime-api.replicas`. */
  readonly key: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export function imageChanges(
  before: StackConfig["images"] | undefined,
  after: StackConfig["images"],
): readonly ImageChange[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before ?? {})])];
  return names.map((name) => {
    const [from, to] = [point(before?.[name]), point(after[name])];
    const same =
      from?.digest !== undefined && from.digest === to?.digest && from.repository === to.repository;
    return { name, from, to, same: same || (from?.tag === to?.tag && from?.digest === to?.digest) };
  });
}

function point(image: StackConfig["images"][string] | undefined): ImagePoint | undefined {
  return image && { repository: image.repository, tag: image.tag, digest: image.digest };
}

/** Sections that the first lines of a release tell, and Pulumi's own words for secrets. */
const toldElsewhere = /^(release|images|data\.schema)(\.|$)/;

/**
 * Every other value that differs between two stack files' raw `slipway:` values, by key.
 * @param secrets keys that hold secrets; of those only that they changed is said (rule X5).
 */
export function settingChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly SettingChange[] {
  const [old, now] = [flat(before), flat(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].filter((key) => !toldElsewhere.test(key));
  return keys.flatMap((key) => {
    const [from, to] = [old.get(key), now.get(key)];
    return from?.exact === to?.exact ? [] : [{ key, from: from?.shown, to: to?.shown }];
  });
}

interface Leaf {
  readonly exact: string;
  readonly shown: string;
}

/** Values by dotted path; what is encrypted or looks like a secret is shown as such. */
function flat(value: Readonly<Record<string, unknown>>): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const visit = (one: unknown, path: readonly string[]): void => {
    if (isMap(one) && !("secure" in one) && Object.keys(one).length > 0) {
      for (const [key, member] of Object.entries(one)) visit(member, [...path, key]);
      return;
    }
    const encrypted = isMap(one) && "secure" in one;
    const shown = encrypted ? "encrypted" : safeValue(one, path);
    leaves.set(path.join("."), { exact: JSON.stringify(one), shown });
  };
  visit(value, []);
  return leaves;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
