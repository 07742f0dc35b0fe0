import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "../median";
import { type ReleaseFigures, timedRelease } from "../timed-release";
import { Verdicts } from "../verdicts";
import { BareTools } from "./bare-tools";
import { BenchDatabase } from "./bench-database";
import { benchSpec } from "./bench-spec";
import { type NmdcFigures, nmdcWay } from "./nmdc-way";
import { promises } from "./promises";
import { validatorStart } from "./validator-start";

const old = "11.23.0";
const next = "11.24.0";

/** Measurements of one size, all on the same server and data. */
interface SizeFigures {
  readonly documents: number;
  readonly releases: readonly ReleaseFigures[];
  readonly bare: readonly number[];
  readonly nmdc: readonly NmdcFigures[];
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
  const ready = await validatorStart(next, rounds);
  const verdicts = new Verdicts();
  const nmdc = median(small.nmdc.map(({ seconds }) => seconds));
  verdicts.atLeast("times faster than NMDC's way", nmdc / secondsOf(small), promises.timesNmdc);
  verdicts.atMost(
    "times a bare mongodump + mongorestore",
    secondsOf(small) / median(small.bare),
    promises.timesBare,
  );
  for (const { documents, releases } of [small, large]) {
    const share = median(releases.map(({ closed, seconds }) => closed / seconds));
    verdicts.atMost(
      `of the release writes are closed at ${documents} documents`,
      share,
      promises.closedShare,
    );
    const peak = Math.max(...releases.map((release) => release.peak));
    verdicts.atMost(`MiB at ${documents} documents, all our processes together`, peak, promises.peakMiB);
  }
  verdicts.atMost(
    `times the time at ${sizes[1] / sizes[0]} times the data`,
    secondsOf(large) / secondsOf(small),
    promises.growth,
  );
  verdicts.atMost("ms until the validator is ready from its cache", ready, promises.validatorMs);
  verdicts.print();
  return verdicts.kept;
}

function secondsOf({ releases }: SizeFigures): number {
  return median(releases.map(({ seconds }) => seconds));
}

async function measure(
  documents: number,
  rounds: number,
  tools: BareTools,
  withNmdc: boolean,
): Promise<SizeFigures> {
  const database = await BenchDatabase.start(documents);
  const dumps = await mkdtemp(join(tmpdir(), "slipway-bench-dumps-"));
  const figures = { documents, releases: [], bare: [], nmdc: [] } as {
    documents: number;
    releases: ReleaseFigures[];
    bare: number[];
    nmdc: NmdcFigures[];
  };
  try {
    const { bytes } = await database.size();
    const megabytes = (bytes / 1e6).toFixed(0);
    console.log(
      `${documents} documents, ${megabytes} MB of BSON; one round to warm up, ${rounds} that count`,
    );
    await timedRelease(benchSpec(database, old, dumps));
    for (let round = 0; round <= rounds; round++) {
      const release = await timedRelease(benchSpec(database, next, dumps));
      await timedRelease(benchSpec(database, old, dumps));
      const bare = await tools.dumpAndRestore(database);
      const nmdc = withNmdc ? await nmdcWay(database, tools, "cli") : undefined;
      await rm(dumps, { recursive: true, force: true });
      if (round === 0) continue;
      figures.releases.push(release);
      figures.bare.push(bare);
      if (nmdc) figures.nmdc.push(nmdc);
      console.log(`  round ${round}: ${shown(release, bare, nmdc)}`);
    }
    if (withNmdc) {
      const { seconds } = await nmdcWay(database, tools, "notebooks");
      const times = (seconds / secondsOf(figures)).toFixed(1);
      console.log(
        `  once, with the validator of NMDC's former notebooks: ${seconds.toFixed(1)} s, ${times} times ours`,
      );
    }
  } finally {
    await rm(dumps, { recursive: true, force: true });
    await database.stop();
  }
  return figures;
}

function shown(release: ReleaseFigures, bare: number, nmdc: NmdcFigures | undefined): string {
  const { seconds, closed, cpu, peak } = release;
  const inside = [
    `closed ${closed.toFixed(2)} s`,
    `${cpu.toFixed(1)} s of processors`,
    `peak ${peak.toFixed(0)} MiB`,
  ];
  const parts = Object.entries(nmdc?.parts ?? {}).map(([part, took]) => `${part} ${took.toFixed(1)}`);
  return [
    `release ${seconds.toFixed(2)} s (${inside.join(", ")})`,
    `bare tools ${bare.toFixed(2)} s`,
    ...(nmdc ? [`NMDC's way ${nmdc.seconds.toFixed(1)} s (${parts.join(", ")})`] : []),
  ].join("; ");
}
