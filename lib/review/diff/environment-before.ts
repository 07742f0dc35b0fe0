import type { StackConfig } from "../../config/stack-config";
import type { KeptRelease } from "../history/kept-release";
import { settingChanges, type SettingChange } from "./stack-changes";
import { short } from "../text/words";

/** What still differs, after this change, between an environment and the one that a release runs on before it. */
export interface BeforeComparison {
  readonly environment: string;
  /** What runs there, by its newest record. */
  readonly runs: { readonly release: string; readonly since: string } | undefined;
  /** Images and schema: should be none, for what was tried there is what comes here. */
  readonly versions: readonly { readonly what: string; readonly there: string; readonly here: string }[];
  /** Settings of the workloads and of their verification; many differ on purpose. */
  readonly settings: readonly SettingChange[];
}

/** Sections in which a difference could make a release behave otherwise than it was tried. */
const compared = ["services", "verification"] as const;

/**
 * @param there the environment before: what it runs by its record, else what its stack file asks for.
 * @param here the stack file after the change.
 */
export function compareWithBefore(
  there: StackConfig,
  record: KeptRelease | undefined,
  since: string | undefined,
  here: StackConfig,
): BeforeComparison {
  const pins = record === undefined ? pinsOf(there) : recordedPins(record);
  const schema = record?.record.schema.to ?? there.data.schema.version;
  const names = [...new Set([...Object.keys(here.images), ...pins.keys()])];
  const own = pinsOf(here);
  const versions = names.flatMap((what) => {
    const [old, now] = [pins.get(what), own.get(what)];
    return old?.id === now?.id ? [] : [{ what, there: old?.shown ?? "none", here: now?.shown ?? "none" }];
  });
  const section = (config: StackConfig): Record<string, unknown> =>
    Object.fromEntries(compared.map((key) => [key, config[key]]));
  return {
    environment: there.environment,
    runs: record && { release: record.record.release, since: since ?? record.record.openedAt },
    versions:
      schema === here.data.schema.version
        ? versions
        : [...versions, { what: "schema", there: schema, here: here.data.schema.version }],
    settings: settingChanges(section(there), section(here)),
  };
}

interface ShownPin {
  /** The bytes, where they are known. */
  readonly id: string;
  readonly shown: string;
}

function pinsOf({ images }: StackConfig): ReadonlyMap<string, ShownPin> {
  return new Map(Object.entries(images).map(([name, { tag, digest }]) => [name, pin(tag, digest)]));
}

function recordedPins({ record }: KeptRelease): ReadonlyMap<string, ShownPin> {
  return new Map(
    record.images.map(({ name, to }) => {
      const [, tag = to, digest] = /:([^:@/]+)(?:@(sha256:[0-9a-f]+))?$/.exec(to) ?? [];
      return [name, pin(tag, digest)];
    }),
  );
}

function pin(tag: string, digest: string | undefined): ShownPin {
  return digest === undefined ? { id: tag, shown: tag } : { id: digest, shown: `${tag} (${short(digest)})` };
}
