import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { andThen, type Evidence, type Finding, found, unjudged } from "../../../evidence/finding";
import type { Registry } from "../../../evidence/registry";
import { countSarif, type SeverityCounts } from "../../../evidence/sarif";
import type { ImageReference } from "../../references/image-reference";

/** Artifact type under which scanners' reports are attached to images. */
const sarifType = "application/sarif+json";

/** An image as it is pinned, and where its project is. */
interface Scanned {
  readonly project: string;
  readonly now: string;
  readonly image: ImageReference;
}

/** F25: what a scanner counted in exactly this image; undefined where no report of it is there. */
export async function scanFact(
  scan: string | undefined,
  scanned: Scanned,
  registry: Registry,
): Promise<Finding<SeverityCounts | undefined>> {
  const { image, now } = scanned;
  const nothing = (where: string): Finding<undefined> =>
    found(undefined, { what: "no scan on record", where, when: now, by: "scanner" });
  if (scan === undefined) return nothing("slipway:gates.evidence.scans");
  if (scan === "attached") {
    return andThen(await registry.attached(image, sarifType), (bytes) => {
      const where = `${image.toString()}, attached ${sarifType}`;
      if (bytes === undefined) return Promise.resolve(nothing(where));
      return Promise.resolve(counted(Buffer.from(bytes).toString("utf8"), where, now));
    });
  }
  const { digest } = image;
  if (digest === undefined) return nothing(scan);
  const path = scan.replaceAll("{digest}", digest.toString().replace(":", "-"));
  try {
    return counted(await readFile(join(scanned.project, path), "utf8"), path, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing(path);
    throw error;
  }
}

function counted(text: string, where: string, now: string): Finding<SeverityCounts> {
  const counts = countSarif(text);
  const evidence: Evidence = { what: "a scanner's report", where, when: now, by: "scanner" };
  if (counts !== undefined) return found(counts, evidence);
  const mend = "have the scanner write SARIF 2.1, and put it there again";
  return unjudged({ where, found: "no SARIF report", allowed: "SARIF 2.1 as JSON", mend });
}
