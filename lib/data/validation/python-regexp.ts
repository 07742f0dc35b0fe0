import { fromPython } from "./python-pattern";

/** What ajv's code needs of a regular expression. */
export interface PythonRegExp {
  test(text: string): boolean;
  /** The pattern as it stands in the schema. */
  toString(): string;
}

/** Under this name compiled validators ask for `pythonRegExp`, wherever the project lies. */
export const moduleName = "slipway/python-regexp";

/**
 * A regular expression that matches what Python's `re.search` matches with a pattern.
 * @throws UnsupportedPattern for what JavaScript can't say.
 */
export function pythonRegExp(pattern: string): PythonRegExp {
  const { source, references } = fromPython(pattern);
  const regExp = new RegExp(source, "u");
  const test =
    references.length === 0
      ? (text: string): boolean => regExp.test(text)
      : (text: string): boolean => {
          const found = regExp.exec(text);
          // Groups that took no part are undefined, which the types don't tell.
          const took = (group: number): boolean => found?.[group] !== undefined;
          return (
            found !== null && references.every(({ captured, refersTo }) => !took(captured) || took(refersTo))
          );
        };
  return { test, toString: () => pattern };
}
