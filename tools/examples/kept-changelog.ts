/** A changelog as Atmosphere keeps it: a section per tag that compares with the one before, and nothing unreleased (rule A8). */
export class KeptChangelog {
  private readonly sections: string[] = [];
  private last: string;

  /**
   * @param project where the links lead. Example: `cyverse/atmosphere`.
   * @param before the tag before the first section.
   */
  constructor(
    private readonly project: string,
    before: string,
  ) {
    this.last = before;
  }

  /** The whole text once this tag is cut, with one entry. */
  cut(tag: string, entry: string): string {
    const day = new Date().toISOString().slice(0, 10);
    const range = `${this.last}...${tag}`;
    this.sections.unshift(`## [${tag}](${this.compare(range)}) - ${day}\n### Changed\n- ${entry}\n`);
    this.last = tag;
    const unreleased = `## [Unreleased](${this.compare(`${tag}...HEAD`)})\n`;
    return ["# Changelog\n", unreleased, ...this.sections].join("\n");
  }

  private compare(range: string): string {
    return `https://github.com/${this.project}/compare/${range}`;
  }
}
