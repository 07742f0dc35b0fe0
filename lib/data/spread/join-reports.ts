import { createHash } from "node:crypto";
import type { DumpStorage } from "../dump/storage";
import { bound, invalidFile, type ProcessReport, removedFile } from "../migrations";
import { reportsFolder } from "./pass-files";
import type { UnitResult } from "./work";

/** Makes the lists that people read whole: every invalid and every removed document, in the order of the units. */
export async function joinReports(
  storage: DumpStorage,
  pass: string,
  report: ProcessReport,
  parts: readonly { readonly result: Pick<UnitResult, "attempt">; readonly report: ProcessReport }[],
): Promise<ProcessReport> {
  const reportsOf = ({ attempt }: Pick<UnitResult, "attempt">): DumpStorage =>
    storage.within(reportsFolder(pass, attempt));
  await join(storage, invalidFile, async function* () {
    for (const { result, report: part } of parts)
      if (part.invalid.length > 0) yield* reportsOf(result).get(invalidFile);
  });
  const reportFile = storage.where(invalidFile);
  if (report.totals.removed <= bound) return { ...report, reportFile };
  const removedFileHash = await join(storage, removedFile, async function* () {
    for (const { result, report: part } of parts) {
      if (part.removedFileHash !== undefined) yield* reportsOf(result).get(removedFile);
      else yield Buffer.from(part.removed.map((one) => `${JSON.stringify(one)}\n`).join(""));
    }
  });
  return { ...report, reportFile, removedFileHash };
}

async function join(
  storage: DumpStorage,
  name: string,
  parts: () => AsyncGenerator<Uint8Array>,
): Promise<string> {
  const sum = createHash("sha256");
  const file = await storage.put(name);
  try {
    for await (const chunk of parts()) {
      sum.update(chunk);
      await file.write(chunk);
    }
  } catch (error) {
    await file.abandon();
    throw error;
  }
  await file.publish();
  return sum.digest("hex");
}
