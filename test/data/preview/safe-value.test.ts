import assert from "node:assert/strict";
import { BSON } from "mongodb";
import { safeValue } from "../../../lib/data/preview/safe-value";

describe("a value in an example", () => {
  it("is shown as it is where it looks like no secret", () => {
    assert.equal(safeValue("Study of soils", ["name"]), '"Study of soils"');
    assert.equal(safeValue(new BSON.Int32(7), ["depth"]), "7");
    assert.equal(safeValue({ a: [1, null] }, ["x"]), '{"a":[1,null]}');
    assert.equal(safeValue("nmdc:omprc-11-nmtj1g51", ["id"]), '"nmdc:omprc-11-nmtj1g51"');
    assert.equal(
      safeValue("processed_sample_set_of_the_institution", ["s"]),
      '"processed_sample_set_of_the_institution"',
    );
  });

  for (const name of [
    "password",
    "userPassword",
    "hashed_password",
    "token",
    "accessToken",
    "refresh-token",
    "secret",
    "client_secret",
    "key",
    "apiKey",
    "API_KEY",
    "credentials",
    "Authorization",
    "private",
  ]) {
    it(`is masked under the name ${name}, however deep`, () => {
      assert.equal(safeValue("hunter2", ["users", 0, name]), "***");
      assert.equal(safeValue({ value: "hunter2" }, [name]), "***");
      assert.equal(safeValue("hunter2", [name, "inner", 3]), "***");
      assert.equal(
        safeValue({ deep: [{ [name]: "hunter2", n: 1 }] }, ["x"]),
        '{"deep":[{"' + name + '":"***","n":1}]}',
      );
    });
  }

  for (const name of ["keyword", "monkey", "passage", "tokyo", "author", "designated"]) {
    it(`is shown under the name ${name}`, () => {
      assert.equal(safeValue("plain", [name]), '"plain"');
    });
  }

  it("loses credentials and secret parameters of an address", () => {
    assert.equal(safeValue("mongodb://ana:hunter2@db.org/x", ["uri"]), '"mongodb://***@db.org/x"');
    assert.equal(safeValue("https://tok3n@host.org/a", ["url"]), '"https://***@host.org/a"');
    assert.equal(
      safeValue("https://s3.org/f?n=1&X-Sig=abc&b=2", ["url"]),
      '"https://s3.org/f?n=1&X-Sig=***&b=2"',
    );
  });

  for (const [what, secret] of [
    ["hexadecimal", "5f4dcc3b5aa765d61d8327deb882cf99"],
    ["base64", "dGhpcyBpcyBhIHNlY3JldCB0aGF0IG5vYm9keSBzaG91bGQ="],
    [
      "a JSON web token",
      "eyJhbGciOiJIUzI1NiJ9A1.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV",
    ],
    ["a private key", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----"],
  ] as const) {
    it(`is masked where it is ${what}, also within a text`, () => {
      const shown = safeValue(`see ${secret} there`, ["note"]);
      assert.match(shown, /\*\*\*/);
      for (const part of secret.split(/[.\n]/)) assert.ok(!shown.includes(part), shown);
    });
  }

  it("is named by its kind where it is binary, and cut where it is long", () => {
    assert.equal(safeValue(new BSON.Binary(Buffer.alloc(9)), ["x"]), '"binary, 9 bytes"');
    const long = safeValue("word ".repeat(100), ["text"]);
    assert.match(long, /^"word .*… \(502 characters\)$/);
    assert.ok(long.length < 90);
  });

  it("is masked before it is cut", () => {
    const text = `${"word ".repeat(10)}mongodb://ana:hunter2@db.org/x`;
    assert.ok(!safeValue(text, ["text"]).includes("hunter2"));
  });
});
