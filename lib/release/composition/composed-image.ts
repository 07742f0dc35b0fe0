import { z } from "zod";
import { contentHash } from "../../content-hash";

const imageConfig = z.looseObject({
  config: z.looseObject({ Env: z.array(z.string()).nullish() }).nullish(),
  rootfs: z.looseObject({ type: z.literal("layers"), diff_ids: z.array(z.string()) }),
  history: z.array(z.looseObject({})).nullish(),
});
const imageManifest = z.looseObject({
  mediaType: z.string().optional(),
  config: z.looseObject({ mediaType: z.string(), digest: z.string() }),
  layers: z.array(z.looseObject({ mediaType: z.string(), digest: z.string(), size: z.number() })),
});

/** One part of a composed image, as its registry holds it. */
export interface Part {
  readonly manifest: Uint8Array;
  readonly config: Uint8Array;
}

/** An image that is put together: its configuration, its manifest, and the layers that both name. */
export interface ComposedImage {
  readonly config: Uint8Array;
  readonly manifest: Uint8Array;
  readonly mediaType: string;
  /** `sha256:<hex>` of the manifest: what is pinned. */
  readonly digest: string;
  /** Digests of the layers, by part, lowest first. */
  readonly layers: readonly (readonly string[])[];
}

/**
 * Puts the layers of images one upon the other, as `FROM base` and `COPY --from=part / /` do, with more environment (rules F1, F10).
 * How it is started and what it says of itself is the first one's. The same parts give the same bytes, whoever composes them.
 * @throws RangeError for bytes that are no image manifest or configuration.
 */
export function composeImage(
  [base, ...others]: readonly [Part, ...Part[]],
  environment: Readonly<Record<string, string>>,
): ComposedImage {
  const parts = [base, ...others].map((part) => ({
    manifest: read(imageManifest, part.manifest, "an image manifest"),
    config: read(imageConfig, part.config, "an image configuration"),
  }));
  const [first] = parts;
  if (first === undefined) throw new RangeError("an image is composed of one part or more");
  const config = Buffer.from(
    JSON.stringify({
      ...first.config,
      config: { ...first.config.config, Env: withVariables(first.config.config?.Env ?? [], environment) },
      rootfs: { type: "layers", diff_ids: parts.flatMap((part) => part.config.rootfs.diff_ids) },
      history: parts.flatMap((part) => part.config.history ?? []),
    }),
  );
  const mediaType = first.manifest.mediaType ?? "application/vnd.oci.image.manifest.v1+json";
  const described = { ...first.manifest.config, digest: contentHash(config), size: config.length };
  const layers = parts.flatMap((part) => part.manifest.layers);
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers }));
  return {
    config,
    manifest,
    mediaType,
    digest: contentHash(manifest),
    layers: parts.map((part) => part.manifest.layers.map(({ digest }) => digest)),
  };
}

/** A variable that is set anew stands once, at its old place. */
function withVariables(
  lines: readonly string[],
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  const all = new Map(lines.map((line) => [line.split("=", 1)[0] ?? "", line]));
  for (const [name, value] of Object.entries(environment)) all.set(name, `${name}=${value}`);
  return [...all.values()];
}

function read<T>(form: z.ZodType<T>, bytes: Uint8Array, what: string): T {
  try {
    return form.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch {
    throw new RangeError(`bytes that are not ${what}`);
  }
}
