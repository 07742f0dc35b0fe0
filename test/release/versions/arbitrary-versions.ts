import fc from "fast-check";

const number = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 3_000 }), fc.nat());
const positive = fc.integer({ min: 1, max: 99 });
const hexDigits = (min: number, max: number) =>
  fc
    .array(fc.constantFrom(...Array.from("0123456789abcdef")), { minLength: min, maxLength: max })
    .map((digits) => digits.join(""));
const two = (value: number) => String(value).padStart(2, "0");

const semver = fc
  .tuple(number, number, number, fc.constantFrom("", "", "", "-rc.1", "-alpha", "-0.x-y.7", "+build.5", "-1"))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);

const calver = fc
  .tuple(
    fc.oneof(fc.integer({ min: 2019, max: 2030 }), fc.nat({ max: 900 })),
    fc.integer({ min: 1, max: 12 }),
    number,
    fc.boolean(),
    fc.oneof(
      fc.constant(""),
      positive.map((n) => `-${n}`),
      fc.tuple(fc.constantFrom("rc", "beta", "alpha"), positive).map(([label, n]) => `-${label}.${n}`),
    ),
  )
  .map(
    ([year, month, iteration, padded, rest]) => `${year}.${padded ? two(month) : month}.${iteration}${rest}`,
  );

const retag = fc
  .tuple(
    fc.constantFrom("dev", "staging", "prod"),
    hexDigits(7, 8),
    fc.integer({ min: 1_500_000_000, max: 1_900_000_000 }),
  )
  .map(([environment, commit, seconds]) => {
    const date = new Date(seconds * 1000);
    return `${environment}-${commit}-${two(date.getUTCDate())}-${two(date.getUTCMonth() + 1)}-${date.getUTCFullYear()}.${seconds}`;
  });

/** Legal versions of each scheme, made without the code under test. */
export const arbitrary: Readonly<Record<string, fc.Arbitrary<string>>> = {
  semver: semver.map((version) => `v${version}`),
  "semver-plain": semver,
  calver,
  "major-minor": fc
    .tuple(fc.constantFrom("", "v", "release-v", "release-"), number, number)
    .map(([prefix, major, minor]) => `${prefix}${major}-${minor}`),
  "environment-commit-time": retag,
  "git-commit": fc.oneof(hexDigits(7, 40), hexDigits(40, 40), hexDigits(64, 64)),
  digest: hexDigits(64, 64).map((digits) => `sha256:${digits}`),
};

const odd = [
  ...Array.from("0123456789.-+vVrcabfgz:_ /\\\n\t\0"),
  "\u0661",
  "\uff11",
  "\u{1d7d9}",
  "\u202e",
  "\u00a0",
  "release-",
  "rc.",
  "00",
];

const mutation = fc.tuple(
  fc.constantFrom("insert", "replace", "remove", "double", "cut"),
  fc.nat({ max: 80 }),
  fc.constantFrom(...odd),
);

/** A legal version with up to three small damages; some of them leave it legal. */
export function mutated(scheme: string): fc.Arbitrary<string> {
  const legal = arbitrary[scheme];
  if (legal === undefined) throw new Error(`no versions are made for ${scheme}`);
  return fc.tuple(legal, fc.array(mutation, { maxLength: 3 })).map(([text, mutations]) =>
    mutations.reduce((now, [how, at, char]) => {
      const place = now.length === 0 ? 0 : at % (now.length + 1);
      const [before, after] = [now.slice(0, place), now.slice(place)];
      switch (how) {
        case "insert":
          return before + char + after;
        case "replace":
          return before + char + after.slice(1);
        case "remove":
          return before + after.slice(1);
        case "double":
          return before + after.slice(0, 1) + after;
        default:
          return before;
      }
    }, text),
  );
}
