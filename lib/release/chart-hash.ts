import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash } from "../content-hash";
import { type Problem, Refusal } from "../problem";

/**
 * Content hash of each chart in a folder, by service: names and bytes of all files, wherever the folder lies (rule H13).
 * @param folders folder of each service's chart.
 * @throws Refusal with every folder that holds no chart.
 */
export function chartHashes(folders: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const problems: Problem[] = [];
  const hashes = Object.entries(folders).map(([service, folder]) => {
    if (existsSync(join(folder, "Chart.yaml"))) return [service, hashOfFolder(folder)] as const;
    problems.push({
      where: `slipway:services.${service}.chart.from`,
      found: `${folder}, which has no Chart.yaml`,
      allowed: "the folder of a Helm chart, relative to Pulumi.yaml",
      mend: "edit the stack file, or add the chart",
    });
    return [service, ""] as const;
  });
  if (problems.length > 0) throw new Refusal("charts", problems);
  return Object.fromEntries(hashes);
}

function hashOfFolder(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const named = files.map((file) => [
    file.slice(folder.length + 1).replaceAll("\\", "/"),
    contentHash(readFileSync(file)),
  ]);
  return contentHash(Object.fromEntries(named) as Record<string, string>);
}
