import { BSON } from "mongodb";
import { isPlain, toPlain } from "../migrations/typescript/typed-values";

/** What stands in place of a value that could be a secret. */
const masked = "***";
/** Longer values are cut: a reviewer wants to see what changed, not to read it. */
const longest = 60;

/** Words in a field's name by which its value counts as a secret. */
const secretWords =
  /^(?:api)?key$|^pass(?:word|wd|phrase|code)?$|^pwd$|^secrets?$|^tokens?$|^credentials?$|^auth(?:orization)?$|^bearer$|^cookies?$|^session$|^private$|^salt$|^signature$|^otp$|^pin$/i;

/** A run of letters that nobody writes by hand: hexadecimal, or mixed as in base64. */
const blob = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
const webToken = /\beyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){1,2}/g;
const credentials = /([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi;
const secretParameter = /([?&;][^=&;\s]*(?:token|secret|key|sig|signature|password|pwd|code)=)[^&;\s"']+/gi;
const pem = /-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g;

/**
 * A value as one short line that is fit for a reviewer: nothing that looks like a secret by its name or by itself, and cut.
 * @param path names on the way to it, from the document down.
 */
export function safeValue(value: unknown, path: readonly (string | number)[]): string {
  const text = path.some(isSecretName) ? masked : JSON.stringify(withoutSecrets(toPlain(value)));
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}

function isSecretName(name: string | number): boolean {
  if (typeof name === "number") return false;
  // apiKey, api_key and API-KEY are the same words.
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(/[^A-Za-z0-9]+/);
  return words.some((word) => secretWords.test(word)) || /password|secret|token|credential/i.test(name);
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return withoutSecretText(value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value instanceof BSON.Binary) return `binary, ${value.length()} bytes`;
  if (!isPlain(value)) return isBson(value) ? JSON.parse(BSON.EJSON.stringify(value)) : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, isSecretName(key) ? masked : withoutSecrets(member)]),
  );
}

function withoutSecretText(text: string): string {
  return text
    .replace(pem, masked)
    .replace(webToken, masked)
    .replace(credentials, `$1${masked}@`)
    .replace(secretParameter, `$1${masked}`)
    .replace(blob, (found) => (looksRandom(found) ? masked : found));
}

/** Names and paths have one case and few digits; what a machine made up has all three, or is hexadecimal throughout. */
function looksRandom(text: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(text)) return true;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text);
}

function isBson(value: unknown): value is object {
  return typeof value === "object" && value !== null && "_bsontype" in value;
}
