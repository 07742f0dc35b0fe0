import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { calendar, type CalendarEntry } from "../../../lib/release/windows/calendar";
import { localTime } from "../../../lib/release/windows/local-time";

const golden = join(__dirname, "..", "..", "golden", "release", "maintenance.ics");
const stamp = localTime("2026-11-16T12:00", "UTC", "test");
const entry: CalendarEntry = {
  uid: "atmosphere-prod-v38-0@slipway",
  start: localTime("2026-11-30T09:00", "America/Phoenix", "test"),
  end: localTime("2026-11-30T16:00", "America/Phoenix", "test"),
  summary: "2026-11-30 v38-0 deployment",
  description:
    "Atmosphere is down; crew chief: Carol, driver: Dan.\nInstances keep running \\ été, ünïcödé, and a text that is long enough to be folded.",
  url: "https://status.example.org/maintenance/42",
  sequence: 1,
  status: "CONFIRMED",
};

/** The reader's half of RFC 5545, for the test: unfolds, and takes the escapes back. */
function read(text: string, name: string): string | undefined {
  const lines = text.replaceAll("\r\n ", "").split("\r\n");
  const line = lines.find((one) => one.startsWith(`${name}:`))?.slice(name.length + 1);
  return line?.replaceAll(/\\([\\;,nN])/g, (_, sign: string) => (/n/i.test(sign) ? "\n" : sign));
}

describe("calendar file", () => {
  it("A3: is the golden file, byte for byte", () => {
    assert.equal(calendar([entry], stamp), readFileSync(golden, "utf8"));
  });

  it("A3: reads back as it was, in lines of at most 75 octets, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        const written = calendar([{ ...entry, description: text }], stamp);
        for (const line of written.split("\r\n")) assert.ok(Buffer.byteLength(line) <= 75, line);
        const plain = text.replaceAll(/\r\n|\r/g, "\n").replaceAll(/(?!\n)\p{Cc}/gu, "");
        assert.equal(read(written, "DESCRIPTION"), plain);
      }),
    );
  });

  it("A3: a text cannot smuggle in a second entry", () => {
    const written = calendar([{ ...entry, summary: "x\r\nEND:VEVENT\r\nBEGIN:VEVENT" }], stamp);
    assert.equal(written.match(/^BEGIN:VEVENT/gm)?.length, 1);
  });
});
