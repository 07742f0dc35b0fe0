import { Refusal } from "../../problem";
import { quoted } from "./quoted";

// The distribution specification's grammar: lower-case words, joined by one `.`, one or two `_`, or any number of `-`.
const component = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const hostName =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])$/;
const hubNames = ["docker.io", "index.docker.io"];
const longest = 255;

/** Where an image lies: a registry's host and a path in it. `xchem/fragalysis-stack` and `redis` are Docker Hub's shorthand. */
export class ImageRepository {
  private constructor(
    /** Host, with its port where one is given. Example: `ghcr.io`, `127.0.0.1:5000`; `docker.io` for the shorthand. */
    readonly host: string,
    /** Path in the registry, complete. Example: `library/redis` for `redis`. */
    readonly path: string,
  ) {}

  /** @throws Refusal when the host or the path is not in the distribution specification's form; a tag or digest is one such case. */
  static parse(text: string, where = "image repository"): ImageRepository {
    const refuse = (allowed: string): never => {
      throw new Refusal("image repository", [
        {
          where,
          found: quoted(text),
          allowed,
          mend: "write it as the registry names it, for example `ghcr.io/owner/image`",
        },
      ]);
    };
    if (text.length > longest) return refuse(`at most ${longest} characters`);
    const [first = "", ...rest] = text.split("/");
    const hasHost = rest.length > 0 && (/[.:[]/.test(first) || first === "localhost" || /[A-Z]/.test(first));
    const host = hasHost ? first : "docker.io";
    const path = hasHost ? rest : [first, ...rest];
    const [, name = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(host) ?? [];
    if (!hostName.test(name)) return refuse("a host name, then `/` and the image's path");
    if (port !== undefined && !isPort(port)) return refuse("a port from 1 to 65535 after the host");
    if (!path.every((part) => component.test(part))) {
      return refuse(
        "lower-case letters and digits, joined by `.`, `_`, `__` or `-`, between single `/`; neither tag nor digest",
      );
    }
    if (!hubNames.includes(host)) return new ImageRepository(host, path.join("/"));
    return new ImageRepository("docker.io", path.length === 1 ? `library/${path.join("/")}` : path.join("/"));
  }

  equals(other: ImageRepository): boolean {
    return this.toString() === other.toString();
  }

  /** As people write it: Docker Hub's images in their shorthand, every other with its host. */
  toString(): string {
    if (this.host !== "docker.io") return `${this.host}/${this.path}`;
    return this.path.replace(/^library\/(?=[^/]+$)/, "");
  }
}

function isPort(text: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535;
}
