import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv, { type ValidateFunction } from "ajv";

type Json = Record<string, unknown>;

interface Description {
  paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  requestBody?: { content: { "application/json": { schema: Json } } };
  responses: Record<
    string,
    { content?: Record<string, { examples?: Record<string, { $ref?: string; value?: unknown }> }> }
  >;
}

/** GitHub's published description of its REST API: examples to build answers from, and schemas to hold them against. */
class GithubDescription {
  private readonly document = withTypedNulls(
    JSON.parse(readFileSync(require.resolve("@octokit/openapi/generated/api.github.com.json"), "utf8")),
  ) as Description;
  private readonly ajv = new Ajv({ strict: false, validateFormats: false });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor() {
    this.ajv.addSchema(this.document, "github");
  }

  /** The published example of an answer, with some of its members replaced; arrays give their first item. */
  example(
    path: string,
    method: string,
    status: number,
    change: Json = {},
    pick: (whole: Json) => unknown = (whole) => whole,
  ): Json {
    const examples =
      this.operation(path, method).responses[status]?.content?.["application/json"]?.examples ?? {};
    const first = examples["default"] ?? Object.values(examples)[0];
    assert.ok(first !== undefined, `${method} ${path} has no example`);
    const whole = (
      first.$ref === undefined ? first.value : (this.at(first.$ref) as { value: unknown }).value
    ) as Json;
    const picked = pick(structuredClone(whole));
    return { ...((Array.isArray(picked) ? picked[0] : picked) as Json), ...change };
  }

  /** Fails when an answer is not as GitHub says that its answers are. */
  checkAnswer(path: string, method: string, status: number, body: unknown): void {
    this.check(`paths/${escaped(path)}/${method}/responses/${status}/content/application~1json/schema`, body);
  }

  /** Fails when a request's body is not as GitHub wants it. */
  checkRequest(path: string, method: string, body: unknown): void {
    this.check(`paths/${escaped(path)}/${method}/requestBody/content/application~1json/schema`, body);
  }

  private check(pointer: string, body: unknown): void {
    const validate = this.compiled.get(pointer) ?? this.ajv.compile({ $ref: `github#/${pointer}` });
    this.compiled.set(pointer, validate);
    assert.ok(validate(body), `${pointer}: ${this.ajv.errorsText(validate.errors)}`);
  }

  private operation(path: string, method: string): Operation {
    const operation = this.document.paths[path]?.[method];
    assert.ok(operation !== undefined, `GitHub has no ${method} ${path}`);
    return operation;
  }

  private at(reference: string): unknown {
    return reference
      .slice(2)
      .split("/")
      .reduce<unknown>((value, step) => (value as Json)[step], this.document);
  }
}

/** OpenAPI's `nullable` beside a reference or a choice says the same as a choice with null, which the validator knows. */
function withTypedNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTypedNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withTypedNulls(member)]),
  );
  if (members["nullable"] !== true || members["type"] !== undefined) return members;
  delete members["nullable"];
  return { anyOf: [members, { type: "null" }] };
}

function escaped(path: string): string {
  return encodeURI(path.replaceAll("~", "~0").replaceAll("/", "~1"));
}

let loaded: GithubDescription | undefined;

export function githubDescription(): GithubDescription {
  return (loaded ??= new GithubDescription());
}
