import type { Notice } from "./notice";

/** One maintenance that is on in a service, as the service itself tells it. */
export interface OnRecord {
  readonly title: string;
  readonly message?: string | undefined;
  /** ISO 8601. */
  readonly start?: string | undefined;
}

/** What a service has on; a service that was never deployed has nobody to tell, and nothing to end. */
export type Look =
  | { readonly kind: "there"; readonly on: readonly OnRecord[] }
  | { readonly kind: "not-deployed"; readonly why: string };

/** A service that can be put under maintenance. Every operation throws `CommandFailed` where its command failed. */
export interface MaintainedService {
  readonly name: string;
  /** Whether its stop ends the record of one title, or all that are on (rule A18). */
  readonly stops: "one" | "all";
  look(): Promise<Look>;
  start(notice: Notice): Promise<void>;
  stop(title: string): Promise<void>;
  /** The start without effect; does nothing where the service knows none. */
  tryStart(notice: Notice): Promise<void>;
}

/** A service's command that did not do what it was asked. The message is fit to print. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}
