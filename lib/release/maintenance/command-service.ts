import { z } from "zod";
import type { MaintainedConfig } from "../../config/maintenance";
import type { CommandPlace } from "./command-place";
import { CommandFailed, type Look, type MaintainedService } from "./maintained-service";
import type { Notice } from "./notice";

const shownSchema = z.array(
  z.looseObject({
    title: z.string(),
    message: z.string().nullish(),
    start: z.string().nullish(),
  }),
);

type Blanks = Readonly<Partial<Record<"title" | "message" | "start" | "end", string>>>;

/** A service that is told by commands, wherever they are run (rule A12). */
export class CommandService implements MaintainedService {
  constructor(
    readonly name: string,
    private readonly commands: Pick<MaintainedConfig, "start" | "stop" | "show" | "dryRun">,
    private readonly place: CommandPlace,
  ) {}

  get stops(): "one" | "all" {
    return this.commands.stop.some((word) => word.includes("{title}")) ? "one" : "all";
  }

  async look(): Promise<Look> {
    const ran = await this.place.run(this.commands.show);
    if (ran.ended === "not-deployed") return { kind: "not-deployed", why: ran.why };
    if (ran.ended === "badly") throw new CommandFailed(`show failed: ${ran.why}`);
    const shown = shownSchema.safeParse(json(ran.output));
    if (!shown.success) {
      const [issue] = shown.error.issues;
      throw new CommandFailed(
        `show printed no list of what is on: ${[...(issue?.path.map(String) ?? []), issue?.message ?? ""].join(" ").trim()}`,
      );
    }
    const on = shown.data.map(({ title, message, start }) => ({
      title,
      ...(typeof message === "string" && { message }),
      ...(typeof start === "string" && { start }),
    }));
    return { kind: "there", on };
  }

  start(notice: Notice): Promise<void> {
    return this.#do("start", this.commands.start, notice);
  }

  stop(title: string): Promise<void> {
    return this.#do("stop", this.commands.stop, { title });
  }

  async tryStart(notice: Notice): Promise<void> {
    if (this.commands.dryRun) await this.#do("start without effect", this.commands.dryRun, notice);
  }

  async #do(what: string, command: readonly string[], blanks: Blanks): Promise<void> {
    const ran = await this.place.run(command.map((word) => filled(word, blanks)));
    if (ran.ended !== "well") throw new CommandFailed(`${what} failed: ${ran.why}`);
  }
}

function filled(word: string, blanks: Blanks): string {
  return word.replaceAll(
    /\{(title|message|start|end)\}/g,
    (blank, name: keyof Blanks) => blanks[name] ?? blank,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
