import Ajv2019 from "ajv/dist/2019";
import standaloneCode from "ajv/dist/standalone";
import addFormats from "ajv-formats";
import { type Problem, Refusal } from "../../problem";
import { rootFunction } from "./judge";
import { UnsupportedPattern } from "./python-pattern";
import { moduleName, pythonRegExp } from "./python-regexp";
import { isAnnotation, visitKeywords } from "./schema-words";
import { classesByCollection, type PublishedSchema } from "./schema";

/** In compiled code, a pattern is made by our own function, which knows Python's meaning. */
const regExp = Object.assign((pattern: string) => pythonRegExp(pattern), {
  code: `require(${JSON.stringify(moduleName)}).pythonRegExp`,
});

/**
 * Compiles a schema to JavaScript: one function per class that a collection may hold, and one for the whole database.
 * Strictness of ajv is off because LinkML writes keywords beside `$ref`; every finding is collected, not the first.
 * @throws Refusal naming every pattern, reference or keyword that can't be used (fault group 28).
 */
export function compileSchema(schema: PublishedSchema): string {
  const problems: Problem[] = [];
  const ajv = new Ajv2019({
    strict: false,
    allErrors: true,
    logger: false,
    code: { source: true, esm: false, regExp },
  });
  addFormats(ajv);
  // Patterns are Python's: our own check replaces the one that knows JavaScript's only.
  ajv.addFormat("regex", true);
  visitKeywords(schema.content, (keyword, value) => {
    const refuse = (found: string): void => {
      problems.push(unusable(schema, found));
    };
    if (keyword === "format" && !(String(value) in ajv.formats))
      refuse(`the format ${JSON.stringify(value)}`);
    if (ajv.getKeyword(keyword) === false && !isAnnotation(keyword)) refuse(`the keyword ${keyword}`);
    if (keyword === "pattern" && typeof value === "string") refuseUnsupported(value, refuse);
  });
  if (problems.length > 0) throw new Refusal("schema", problems);
  const id = schema.content.$id;
  const classes = new Set(
    [...classesByCollection(schema.content).values()].flatMap((types) => [...types.values()]),
  );
  try {
    ajv.addSchema(schema.content);
    const functions = Object.fromEntries([...classes].map((name) => [name, `${id}#/$defs/${name}`]));
    return standaloneCode(ajv, { ...functions, [rootFunction]: id });
  } catch (error) {
    throw new Refusal("schema", [unusable(schema, error instanceof Error ? error.message : String(error))]);
  }
}

function refuseUnsupported(pattern: string, refuse: (found: string) => void): void {
  try {
    pythonRegExp(pattern);
  } catch (error) {
    if (!(error instanceof UnsupportedPattern)) throw error;
    refuse(error.message);
  }
}

function unusable(schema: PublishedSchema, found: string): Problem {
  return {
    where: schema.file,
    found,
    allowed: "JSON Schema 2019-09 with patterns that mean the same in Python and here",
    mend: `release another version than ${schema.version.package} ${schema.version.version}, or report it to its makers`,
  };
}
