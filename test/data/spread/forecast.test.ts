import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type Entry, following } from "../../../lib/data/journal/entry";
import { writeTouchedHint } from "../../../lib/data/migrations/touched-hint";
import { forecast } from "../../../lib/data/spread/forecast";
import { frameForecast } from "../../../lib/data/spread/frame-forecast";
import { expectedSeconds, measuredStage, type StageFigures } from "../../../lib/data/spread/stage-figures";
import type { Piece, Unit } from "../../../lib/data/spread/work";
import { refusalOf } from "../../refusal";
import { publishedChain } from "../migrations/support";
import { spread } from "./catalogue";

const mebibyte = 1024 * 1024;

function piece(collection: string, documents: number): Piece {
  return { collection, file: "", offset: 0, bytes: 64 * mebibyte, documents, sha256: "" };
}

function unit(documents: number): Unit {
  return { do: "migrate", id: `m${documents}`, piece: piece("a", documents) };
}

const figures: StageFigures = {
  stage: "migrate",
  seconds: 30,
  workers: 2,
  units: 4,
  bytes: 256 * mebibyte,
  worked: 50,
};

describe("The forecast of a spread pass", () => {
  it("takes the speed of the last time: as long until work begins, and then by bytes and workers", () => {
    assert.equal(expectedSeconds(figures, { workers: 2, bytes: 256 * mebibyte }), 30);
    assert.equal(expectedSeconds(figures, { workers: 5, bytes: 1024 * mebibyte }), 5 + 200 / 5);
    const said = forecast([unit(10), unit(20)], spread({ workers: 8, segment: 64 }), figures);
    assert.match(said, /^30 documents, 128 MiB, in 2 pieces, by 3 workers/);
    assert.match(said, /3 connections at most, .* written to a majority/);
    assert.match(said, /about 14 s, as fast as last time/);
    const whole = forecast([unit(10)], spread(), { ...figures, stage: "dump-migrate" });
    assert.match(whole, /to dump, migrate and judge: about/);
    assert.match(forecast([unit(10)], spread()), /is told when the first piece is done/);
  });

  it("finds the newest figures of a stage in the journal", () => {
    const done = (step: string, spread: readonly StageFigures[]): Entry =>
      following(
        undefined,
        { kind: "done", record: "r", token: 1, step, detail: { spread: spread.map((one) => ({ ...one })) } },
        "2026-01-01T00:00:00Z",
      );
    const entries = [
      done("stage", [figures]),
      done("stage", [{ ...figures, seconds: 20 }]),
      done("swap", []),
    ];
    assert.equal(measuredStage(entries, "migrate")?.seconds, 20);
    assert.equal(measuredStage(entries, "load"), undefined);
  });

  it("names what migrators look into once they have run, and refuses what can't fit into a worker", async () => {
    const chain = publishedChain("11.23.0", "11.24.0").map((step) => ({ ...step, hash: randomUUID() }));
    const resources = { cpu: "500m", memory: "512Mi" };
    const asked = (documents: number, memory = resources.memory): Promise<string | undefined> =>
      frameForecast(
        chain,
        [piece("study_set", documents), piece("biosample_set", 900_000_000)],
        spread({ resources: { ...resources, memory } }),
      );
    assert.match((await asked(1)) ?? "", /is known when they have run once/);
    await writeTouchedHint(chain, new Set(["study_set"]));
    assert.match((await asked(1_000_000)) ?? "", /with study_set \(1000000 documents, 471 MiB of memory\)/);
    const refusal = await refusalOf(asked(2_000_000));
    assert.match(refusal.message, /found 512Mi, and migrators .* about 662 MiB/);
    assert.match(refusal.message, /at least 662 MiB: .* 200 bytes for each of 2000000 documents/);
    assert.match((await asked(2_000_000, "1Gi")) ?? "", /study_set/);
    assert.equal(await frameForecast([], [piece("a", 1)], spread()), undefined);
  });
});
