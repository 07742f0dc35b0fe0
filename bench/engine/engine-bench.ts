import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "../median";
import { BareTools } from "./bare-tools";
import { BenchDatabase } from "./bench-database";
import { nmdcWay } from "./nmdc-way";
import { benchSpec, type ReleaseFigures, timedRelease } from "./release-run";
import { Verdicts } from "./verdicts";

const old = "11.23.0";
const next = "11.24.0";

/** What the engine promises, and what it wants to reach next. */
export const promises = {
  timesNmdc: { least: 10, goal: 14 },
  timesBare: { most: 3.5, goal: 2.2 },
  closedShare: { most: 0.3, goal: 0.15 },
  peakMiB: { most: 400, goal: 256 },
  growth: { most: 4.4 },
} as const;

/** Measurements of one size, all on the same server and data. */
interface SizeFigures {
  readonly releases: readonly ReleaseFigures[];
  readonly bare: readonly number[];
  readonly nmdc: readonly number[];
}

/**
 * The whole release against a bare mongodump and mongorestore, and NMDC's way; interleaved, medians, ratios only.
 * @param rounds at least five for figures that mean something.
 */
export async function engineBench(
  rounds = 5,
  sizes: readonly [number, number] = [100_000, 400_000],
): Promise<boolean> {
  const tools = await BareTools.provide();
  const small = await measure(sizes[0], rounds, tools, true);
  const large = await measure(sizes[1], rounds, tools, false);
  const seconds = ({ releases }: SizeFigures): number => median(releases.map((release) => release.seconds));
  const verdicts = new Verdicts();
  verdicts.atLeast("times faster than NMDC's way", median(small.nmdc) / seconds(small), promises.timesNmdc);
  verdicts.atMost(
    "times a bare mongodump + mongorestore",
    seconds(small) / median(small.bare),
    promises.timesBare,
  );
  const shares = [...small.releases, ...large.releases].map(({ closed, seconds: whole }) => closed / whole);
  verdicts.atMost("share of the release for which writes are closed", median(shares), promises.closedShare);
  for (const [figures, size] of [
    [small, sizes[0]],
    [large, sizes[1]],
  ] as const) {
    const peak = Math.max(...figures.releases.map((release) => release.peak));
    verdicts.atMost(`MiB at ${size} documents, all our processes together`, peak, promises.peakMiB);
  }
  verdicts.atMost(
    `times the time at ${sizes[1] / sizes[0]} times the data`,
    seconds(large) / seconds(small),
    promises.growth,
  );
  verdicts.print();
  return verdicts.kept;
}

async function measure(
  documents: number,
  rounds: number,
  tools: BareTools,
  withNmdc: boolean,
): Promise<SizeFigures> {
  const database = await BenchDatabase.start(documents);
  const dumps = await mkdtemp(join(tmpdir(), "slipway-bench-dumps-"));
  const releases: ReleaseFigures[] = [];
  const bare: number[] = [];
  const nmdc: number[] = [];
  try {
    console.log(`${documents} documents; one round to warm up, ${rounds} that count`);
    await timedRelease(benchSpec(database, old, dumps));
    for (let round = 0; round <= rounds; round++) {
      const release = await timedRelease(benchSpec(database, next, dumps));
      await timedRelease(benchSpec(database, old, dumps));
      const tool = await tools.dumpAndRestore(database);
      const theirs = withNmdc ? await nmdcWay(database, tools) : undefined;
      if (round === 0) continue;
      releases.push(release);
      bare.push(tool);
      if (theirs !== undefined) nmdc.push(theirs);
      const parts = [
        `release ${release.seconds.toFixed(2)} s (closed ${release.closed.toFixed(2)} s, peak ${release.peak.toFixed(0)} MiB)`,
        `bare tools ${tool.toFixed(2)} s`,
        ...(theirs === undefined ? [] : [`NMDC's way ${theirs.toFixed(1)} s`]),
      ];
      console.log(`  round ${round}: ${parts.join(", ")}`);
      await rm(dumps, { recursive: true, force: true });
    }
  } finally {
    await rm(dumps, { recursive: true, force: true });
    await database.stop();
  }
  return { releases, bare, nmdc };
}
