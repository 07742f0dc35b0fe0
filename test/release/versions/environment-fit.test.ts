import assert from "node:assert/strict";
import { fitFor, type Grade } from "../../../lib/release/versions/environment-fit";
import { schemeNamed, type SchemeName } from "../../../lib/release/versions/schemes";

const fits = (scheme: SchemeName, tag: string, name: string, grade: Grade, hotFixLane = false) =>
  fitFor(schemeNamed(scheme), tag, { name, grade, hotFixLane });

describe("fitFor", () => {
  for (const [scheme, tag] of [
    ["calver", "2023.06.2"],
    ["semver", "v2.19.0"],
    ["major-minor", "v37-2"],
    ["git-commit", "1c70497500000000000000000000000000000000"],
    ["digest", `sha256:${"a".repeat(64)}`],
  ] as const) {
    it(`F3: ${scheme} ${tag.slice(0, 20)} goes to production, and to all before it`, () => {
      for (const grade of ["development", "staging", "production"] as const)
        assert.ok(fits(scheme, tag, "x", grade).fits);
    });
  }

  for (const tag of ["2022.11.2-rc.1", "2023.11.1-1"]) {
    it(`F3: ${tag} goes to staging, and is refused in production`, () => {
      assert.ok(fits("calver", tag, "staging", "staging").fits);
      const fit = fits("calver", tag, "prod", "production");
      assert.ok(!fit.fits);
      assert.match(fit.problem.found, new RegExp(tag));
    });
  }

  for (const tag of ["2.4", "2.6.6.1", "m2ms-1234-fix"]) {
    it(`F3: ${tag} is built, and goes no farther than development`, () => {
      assert.ok(fits("calver", tag, "dev", "development").fits);
      assert.ok(!fits("calver", tag, "staging", "staging").fits);
      assert.ok(!fits("calver", tag, "prod", "production").fits);
    });
  }

  it("F20: a hot-fix goes to production in its lane alone, a candidate never", () => {
    assert.ok(fits("calver", "2023.11.1-1", "prod", "production", true).fits);
    assert.ok(!fits("calver", "2022.11.2-rc.1", "prod", "production", true).fits);
    assert.ok(!fits("calver", "2.6.6.1", "prod", "production", true).fits);
  });

  for (const tag of ["latest", "stable", "staging", "master", "v4"]) {
    it(`F12, X1: ${tag} moves: staging takes it with a warning, production refuses it`, () => {
      const staging = fits("calver", tag, "staging", "staging");
      assert.ok(staging.fits);
      assert.match(staging.verdict.warnings.join(), /moves/);
      assert.ok(!fits("calver", tag, "prod", "production", true).fits);
    });
  }

  it("N4: the floating tag `prod` is never what production runs", () => {
    assert.ok(!fits("semver", "prod", "prod", "production").fits);
  });

  it("H9: a tag that was released to one environment is refused in every other", () => {
    const tag = "staging-0ec3e066-11-04-2022.1649691632";
    assert.ok(fits("environment-commit-time", tag, "staging", "staging").fits);
    const fit = fits("environment-commit-time", tag, "prod", "production");
    assert.ok(!fit.fits);
    assert.match(fit.problem.allowed, /released to prod/);
    assert.ok(
      !fits("environment-commit-time", "prod-0ec3e066-14-04-2022.1649922784", "staging", "staging").fits,
    );
  });
});
