import type { Fragalysis } from "./fragalysis";
import type { Triple } from "./fragalysis-builds";

const moving: Triple = { backend: "latest", frontend: "latest", stack: "latest" };
const first: Triple = { backend: "2026.07.1", frontend: "2026.08.1", stack: "2026.08.1" };
const second: Triple = { backend: "2026.08.1", frontend: "2026.08.2", stack: "2026.08.3" };
const [before, after] = ["2026.7.1", "2026.8.1"] as const;

/** Fragalysis' release as a newcomer would watch it: a trigger, a release by tags, one with a data migration, and the way back. */
export async function fragalysisWalk(
  fragalysis: Fragalysis,
  heading: (title: string) => void,
  show: (text: string) => void,
): Promise<void> {
  const { builds, operator } = fragalysis;
  heading("staging: a copy of production's database, then what the parts' branches were built to");
  await builds.backend(moving.backend, before);
  await builds.frontend(moving.frontend);
  await fragalysis.refreshed();
  await fragalysis.pinned("staging", moving, before);
  await operator.deploy("staging");

  heading("three tags, backend, frontend, stack: composed, pinned as a triple, to staging");
  await builds.backend(first.backend, before);
  await builds.frontend(first.frontend);
  builds.stack(first);
  await fragalysis.pinned("staging", first, before);
  show(`${fragalysis.work.git("show", "--unified=0", "--format=", "HEAD")}\n`);
  await operator.deploy("staging");

  heading("production: what staging ran, with a backup of the last hour");
  await fragalysis.promoted();
  await fragalysis.backedUp();
  await operator.deploy("production");

  heading("staging, then production: a new backend with a data migration");
  await builds.backend(second.backend, after);
  await builds.frontend(second.frontend);
  builds.stack(second);
  await fragalysis.pinned("staging", second, after);
  await operator.deploy("staging");
  await fragalysis.promoted();
  await operator.deploy("production");

  heading("once more: nothing changes");
  const again = await operator.up("production", "--expect-no-changes");
  if (again.code !== 0) throw new Error("a second up of production would change something (rule X3)");

  heading("the way back of production: its former stack file");
  operator.goBack("production", first.stack);
  await operator.deploy("production");
}
