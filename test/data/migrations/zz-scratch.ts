import { GeneratedSet } from "../../../tools/dataset/generate";
import { loadMigrations } from "../../../lib/data/migrations";
import { processData } from "../../../lib/data/migrations/process";
void (async () => {
  const n = Number(process.argv[2] ?? 300);
  const set = new GeneratedSet(n);
  console.time("gen");
  let bytes = 0,
    docs = 0;
  for (const c of await set.collections()) {
    let b = 0;
    for await (const x of set.read(c)) {
      b += x.bytes.length;
      docs += x.documents;
    }
    bytes += b;
    console.log(c, set.count(c), (b / 1e6).toFixed(1));
  }
  console.timeEnd("gen");
  console.log(docs, bytes / 1e6);
  console.time("p");
  const r = await processData({
    chain: loadMigrations("migrations").chain("nmdc-schema", "11.23.0", "11.24.0"),
    schema: { package: "nmdc-schema", version: "11.24.0" },
    before: { package: "nmdc-schema", version: "11.23.0" },
    source: set,
    reportFile: "/tmp/e2/report.ndjson",
  });
  console.timeEnd("p");
  console.log(
    r.totals,
    r.changed,
    r.collections.reduce((s, c) => s + c.changed, 0),
    process.memoryUsage().rss / 1e6,
  );
  console.log(r.invalid.slice(0, 10));
  const b = await processData({
    chain: [],
    schema: { package: "nmdc-schema", version: "11.23.0" },
    source: set,
    reportFile: "/tmp/e2/report.ndjson",
  });
  console.log(b.totals, b.invalid.slice(0, 20));
})();
