import { z } from "zod";

/** Every kind of manifest that registries hold; asked for together, so that a registry never converts one. */
export const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
] as const;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.number(),
  urls: z.array(z.string()).optional(),
});
const platform = z.object({ os: z.string(), architecture: z.string() });
const imageManifest = z.object({ config: descriptor, layers: z.array(descriptor) });
const imageIndex = z.object({
  manifests: z.array(descriptor.extend({ platform: platform.optional() })).min(1),
});
const imageConfig = z.object({
  created: z.string().optional(),
  config: z
    .object({ Labels: z.record(z.string(), z.string()).nullish(), Env: z.array(z.string()).nullish() })
    .nullish(),
});

/** A manifest as a registry holds it: one image, or one per platform. */
export type Manifest =
  | { readonly kind: "image"; readonly config: string; readonly blobs: readonly string[] }
  | { readonly kind: "index"; readonly images: readonly PlatformImage[] };

export interface PlatformImage {
  readonly digest: string;
  /** Example: `linux/amd64`. */
  readonly platform: string;
}

/** Reads a manifest's bytes; undefined when they are none. */
export function readManifest(bytes: Uint8Array): Manifest | undefined {
  const value = parseJson(bytes);
  const index = imageIndex.safeParse(value);
  if (index.success) {
    const images = index.data.manifests.map((one) => ({
      digest: one.digest,
      platform: one.platform === undefined ? "any/any" : `${one.platform.os}/${one.platform.architecture}`,
    }));
    // Attestations lie in the same index, as images for no platform.
    return { kind: "index", images: images.filter((one) => one.platform !== "unknown/unknown") };
  }
  const image = imageManifest.safeParse(value);
  if (!image.success) return undefined;
  // Layers that lie elsewhere by design are not the registry's to have.
  const layers = image.data.layers
    .filter((layer) => (layer.urls ?? []).length === 0)
    .map((layer) => layer.digest);
  const config = image.data.config.digest;
  return { kind: "image", config, blobs: [...new Set([config, ...layers])] };
}

export interface ImageConfig {
  readonly created?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads an image's configuration; undefined when the bytes are none. */
export function readImageConfig(bytes: Uint8Array): ImageConfig | undefined {
  const read = imageConfig.safeParse(parseJson(bytes));
  if (!read.success) return undefined;
  const { created, config } = read.data;
  const environment = (config?.Env ?? []).map((line): [string, string] => {
    const equals = line.indexOf("=");
    return equals === -1 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
  });
  return {
    ...(created === undefined ? {} : { created }),
    labels: config?.Labels ?? {},
    environment: Object.fromEntries(environment),
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
