import { Refusal } from "../../problem";
import { quoted } from "../references/quoted";
import { CalverScheme } from "./calver-scheme";
import { IdScheme } from "./id-scheme";
import { MajorMinorScheme } from "./major-minor-scheme";
import { RetagScheme } from "./retag-scheme";
import { SemverScheme } from "./semver-scheme";
import type { VersionScheme } from "./version-scheme";

/** Every scheme by the name that the stack file calls it by. */
const schemes = {
  semver: new SemverScheme("semver", "v"),
  "semver-plain": new SemverScheme("semver-plain", ""),
  calver: new CalverScheme(),
  "major-minor": new MajorMinorScheme(),
  "environment-commit-time": new RetagScheme(),
  "git-commit": IdScheme.commits(),
  digest: IdScheme.digests(),
} satisfies Record<string, VersionScheme>;

export type SchemeName = keyof typeof schemes;

/** The names, for the config's description and its checks. */
export const schemeNames = Object.keys(schemes) as readonly SchemeName[];

export function schemeNamed(name: SchemeName): VersionScheme {
  return schemes[name];
}

/** @throws Refusal for a name that is no scheme's, with those that there are. */
export function findScheme(name: string, where = "version scheme"): VersionScheme {
  const known = schemeNames.find((scheme) => scheme === name);
  if (known !== undefined) return schemes[known];
  throw new Refusal("version scheme", [
    {
      where,
      found: quoted(name),
      allowed: schemeNames.join(", "),
      mend: "name one of these in the stack file",
    },
  ]);
}
