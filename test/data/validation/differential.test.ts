import assert from "node:assert/strict";
import { BSON } from "mongodb";
import { BsonReader } from "../../../lib/data/validation/bson-values";
import { Judge } from "../../../lib/data/validation/judge";
import { classesByCollection, publishedSchema } from "../../../lib/data/validation/schema";
import { cacheValidator, loadChecks } from "../../../lib/data/validation/validator-cache";
import { Random } from "../../../tools/dataset/random";
import { examples, schema } from "../migrations/support";
import { type Json, mutate } from "./mutations";
import { askPython } from "./oracle";

interface Case {
  readonly collection: string;
  readonly document: Json;
}

const perDocument = 6;

async function judgeOf(version: string): Promise<{ readonly judge: Judge; readonly file: string }> {
  const published = await publishedSchema(schema(version));
  const checks = await loadChecks(await cacheValidator(published));
  return { judge: new Judge(checks, classesByCollection(published.content)), file: published.file };
}

describe("validation here and in Python", function () {
  this.timeout(300_000);

  for (const version of ["11.23.0", "11.24.0"]) {
    it(`N13: agree on every example and on ${perDocument} mutations of each, under ${version}`, async () => {
      const { judge, file } = await judgeOf(version);
      const random = new Random(Number(version.replaceAll(".", "")));
      const cases = Object.entries(examples()).flatMap(([collection, documents]) =>
        (documents as Json[]).flatMap((document): Case[] => [
          { collection, document },
          ...Array.from({ length: perDocument }, () => ({ collection, document: mutate(document, random) })),
        ]),
      );
      const python = await askPython<boolean[]>({ schema: file, cases });
      const reader = new BsonReader();
      const different = cases.filter(({ collection, document }, at) => {
        const read = reader.read(Buffer.from(BSON.serialize(document as BSON.Document)));
        return (judge.findings(collection, read).length === 0) !== python[at];
      });
      assert.deepEqual(
        different.map((one) => JSON.stringify(one)),
        [],
      );
      const valid = python.filter(Boolean).length;
      assert.ok(
        valid > 200 && cases.length - valid > 500,
        `${valid} of ${cases.length} are valid: both sides are tried`,
      );
    });
  }
});
