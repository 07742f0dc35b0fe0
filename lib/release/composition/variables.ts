interface Pinned {
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string | undefined;
}

const placeholder = /\{([a-z][a-z0-9-]*)\.(namespace|tag|digest)\}/g;

/**
 * The environment of a composed image: `{backend.tag}` stands for the tag that the stack file pins, `{backend.namespace}` for the
 * next to last part of its repository (rule F10).
 * @throws RangeError for an image that the stack has not.
 */
export function variablesOf(
  environment: Readonly<Record<string, string>>,
  images: Readonly<Record<string, Pinned>>,
): Readonly<Record<string, string>> {
  const filled = Object.entries(environment).map(([name, text]) => [
    name,
    text.replaceAll(placeholder, (_, image: string, member: "namespace" | "tag" | "digest") => {
      const pinned = images[image];
      if (pinned === undefined) throw new RangeError(`${name}: no image ${image}`);
      if (member === "namespace") return pinned.repository.split("/").at(-2) ?? "";
      return pinned[member] ?? "";
    }),
  ]);
  return Object.fromEntries(filled) as Record<string, string>;
}

/** Names of the images that an environment speaks of. */
export function imagesNamed(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(environment).flatMap((text) =>
    [...text.matchAll(placeholder)].map(([, image = ""]) => image),
  );
}
