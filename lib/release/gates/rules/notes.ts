import { DateTime } from "luxon";
import {
  entries,
  isUnreleased,
  parseChangelog,
  placeholders,
  type ChangelogSection,
} from "../../notes/changelog";
import type { Facts, SourceFacts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, warn, type Judgement } from "../judgement";
import { inConfig, perSource, problem } from "../per";
import type { Policy, SourcePolicy } from "../policy";

/** N3: the release has a page on the forge, and an entry in the notes file where the system keeps one. */
export const n3: Gate = {
  id: "N3",
  title: "the release has a summary",
  phase: "before",
  lanes: ["normal", "hot-fix", "first-time"],
  judge: (policy, facts) => [
    ...(facts.release.makesPage
      ? [pass(inConfig(policy, facts, "this release makes its page", "slipway:notes"))]
      : given(facts.forgeRelease, (page, evidence) => {
          if (page.state === "draft")
            return [refuse(problem(page.link, "a draft", "a published release", "publish it"))];
          return [pass({ ...evidence, what: `release "${page.title}"`, by: page.by })];
        })),
    ...perSource(policy, facts, (source, { changelog }) =>
      source.changelog === undefined
        ? []
        : given(
            changelog,
            (text, evidence) => {
              const named = text.split(/\r\n|\r|\n/).some((line) => mentions(line, source.tag));
              if (named)
                return [
                  pass({ ...evidence, what: `${source.changelog ?? ""} has ${source.tag}` }, source.name),
                ];
              const mend = `slipway changelog ${source.name}`;
              return [
                refuse(
                  problem(evidence.where, `no entry ${source.tag}`, "an entry per release", mend),
                  source.name,
                ),
              ];
            },
            source.name,
          ),
    ),
  ],
};

/** A tag as a word of its own: `v2.1.0` is not in a line about `v2.1.0-rc.1` or `v12.1.0`. */
function mentions(line: string, tag: string): boolean {
  return line.split(/[^A-Za-z0-9._+-]+/).some((word) => word.replace(/[.:]$/, "") === tag);
}

/** F18: the page's title is the tag. */
export const f18: Gate = {
  id: "F18",
  title: "the release's page is titled by its tag",
  phase: "before",
  lanes: ["normal", "hot-fix", "first-time"],
  judge: (policy, facts) => {
    if (facts.release.makesPage)
      return [pass(inConfig(policy, facts, "this release makes its page", "slipway:notes"))];
    const tag = policy.sources.at(-1)?.tag ?? facts.release.version;
    return given(facts.forgeRelease, (page, evidence) =>
      page.title === tag
        ? [pass(evidence)]
        : [warn(problem(page.link, `titled ${JSON.stringify(page.title)}`, tag, "rename it"))],
    );
  },
};

/** The changelog's section of the released tag, or a refusal. */
function withSection(
  source: SourcePolicy,
  { changelog }: SourceFacts,
  judge: (
    section: ChangelogSection,
    sections: readonly ChangelogSection[],
    where: string,
  ) => readonly Judgement[],
): readonly Judgement[] {
  if (source.changelog === undefined) {
    return [
      refuse(
        problem(
          `slipway:sources.${source.name}.changelog`,
          "no changelog",
          "the changelog's path",
          "name it in the stack file",
        ),
        source.name,
      ),
    ];
  }
  return given(
    changelog,
    (text, { where }) => {
      const { sections } = parseChangelog(text);
      const section = sections.find(({ name }) => name === source.tag);
      if (section !== undefined) return judge(section, sections, where);
      return [
        refuse(
          problem(
            where,
            `no section ${source.tag}`,
            `\`## [${source.tag}](…) - date\``,
            `slipway changelog ${source.name}`,
          ),
          source.name,
        ),
      ];
    },
    source.name,
  );
}

/** A6: the candidate's changelog is cut and merged, nothing is left unreleased, its image is built, and it is a week old. */
export const a6: Gate = {
  id: "A6",
  title: "the release candidate is complete, and a week old",
  phase: "before",
  lanes: ["normal", "first-time"],
  judge: (policy, facts) =>
    perSource(policy, facts, (source, found) => [
      ...withSection(source, found, (_, sections, where) => {
        const left = sections.filter(({ name }) => isUnreleased(name)).flatMap((section) => entries(section));
        if (left.length === 0)
          return [
            pass(
              {
                what: `changelog has ${source.tag}, nothing unreleased`,
                where,
                when: facts.now,
                by: source.name,
              },
              source.name,
            ),
          ];
        return [
          refuse(
            problem(
              where,
              `${left.length} entries under Unreleased`,
              "none: they are in the release",
              `slipway changelog ${source.name}`,
            ),
            source.name,
          ),
        ];
      }),
      ...given(found.branch, (_, evidence) => [pass(evidence, source.name)], source.name),
      ...built(source, facts),
      ...age(policy, source, found, facts),
    ]),
};

function built(source: SourcePolicy, facts: Facts): readonly Judgement[] {
  return facts.pins
    .filter(({ pin }) => source.images.includes(pin.name))
    .flatMap(({ pin, digest }) => given(digest, (_, evidence) => [pass(evidence, pin.name)], pin.name));
}

function age(policy: Policy, source: SourcePolicy, { tag }: SourceFacts, facts: Facts): readonly Judgement[] {
  return given(
    tag,
    ({ at }, evidence) => {
      const days = DateTime.fromISO(facts.now).diff(DateTime.fromISO(at), "days").days;
      if (days >= policy.limits.candidateDays)
        return [pass({ ...evidence, what: `${source.tag} is ${Math.floor(days)} days old` }, source.name)];
      const found = `${source.tag} is ${days.toFixed(1)} days old`;
      return [
        warn(
          problem(
            evidence.where,
            found,
            `${policy.limits.candidateDays} days`,
            "tag candidates a week before the window",
          ),
          source.name,
        ),
      ];
    },
    source.name,
  );
}

/** A8: the section compares with the release before it, and no placeholder of the template is left. */
export const a8: Gate = {
  id: "A8",
  title: "the changelog compares with the release before",
  phase: "before",
  lanes: ["normal", "hot-fix", "first-time"],
  judge: (policy, facts) =>
    perSource(policy, facts, (source, found) =>
      withSection(source, found, (section, sections, where) => {
        const named = sections.filter(({ name }) => !isUnreleased(name));
        const before = named[named.indexOf(section) + 1]?.name;
        const range = `/compare/${before ?? ""}...${source.tag}`;
        const left = placeholders(section);
        const mend = `edit ${source.changelog ?? ""}`;
        const refusals = [
          ...(before === undefined || section.link?.endsWith(range) === true
            ? []
            : [
                problem(
                  where,
                  `${source.tag} links to ${section.link ?? "nothing"}`,
                  `a link that ends with ${range}`,
                  mend,
                ),
              ]),
          ...left.map((line) =>
            problem(where, `${source.tag}: ${line.trim().slice(0, 80)}`, "no placeholders", mend),
          ),
        ];
        const evidence = {
          what: `${source.tag} compares with ${before ?? "nothing: it is the first"}`,
          where,
          when: facts.now,
          by: source.name,
        };
        return refusals.length === 0
          ? [pass(evidence, source.name)]
          : refusals.map((one) => refuse(one, source.name));
      }),
    ),
};
