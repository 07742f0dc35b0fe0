import type { HcaIngest } from "./hca-ingest";

const first = { release: "d2026-11-02.1", schema: "1.0.0" } as const;
const second = { release: "d2026-11-16.1", schema: "1.1.0" } as const;
const all = ["ingest-core", "ingest-validator", "ingest-exporter", "ontology"] as const;

/** HCA Ingest's release as a newcomer would watch it: from dev to prod, then one with data, and the way back. */
export async function hcaWalk(
  hca: HcaIngest,
  heading: (title: string) => void,
  show: (text: string) => void,
): Promise<void> {
  heading("dev: four images under its release tag, then four Helm releases");
  const images = await hca.build(all, { ...first, what: "the first" });
  hca.pin(first.release, first.schema, images);
  await hca.firstStep("dev");
  await hca.deployed("dev");

  heading("staging: what dev runs, approved by two others");
  await hca.promoted("dev", "staging");
  await hca.firstStep("staging");
  await hca.approved("staging");
  await hca.deployed("staging");

  heading("prod: release, then deploy; nothing goes there that was not released");
  await hca.promoted("staging", "prod");
  await hca.firstStep("prod");
  await hca.approved("prod");
  await hca.deployed("prod");

  heading(
    "dev: a new core and a new ontology, with a data migration; the validator restarts with the ontology",
  );
  const newer = await hca.build(["ingest-core", "ontology"], { ...second, what: "the second" });
  hca.pin(second.release, second.schema, { ...images, ...newer });
  show(`${hca.work.diff("dev")}\n`);
  await hca.firstStep("dev");
  await hca.deployed("dev");

  heading("once more: nothing changes");
  const again = await hca.up("dev", "--expect-no-changes");
  if (again.code !== 0) throw new Error("a second up of dev would change something (rule X3)");

  heading("the way back of dev: its former stack file");
  hca.goBack("dev", first.release);
  await hca.deployed("dev");
}
