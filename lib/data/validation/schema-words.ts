/** Words of a schema that judge nothing. LinkML writes the last two at its root. */
const annotations = new Set([
  "$anchor",
  "$comment",
  "$defs",
  "$id",
  "$schema",
  "default",
  "definitions",
  "deprecated",
  "description",
  "examples",
  "readOnly",
  "title",
  "writeOnly",
  "metamodel_version",
  "version",
]);
/** Members that hold schemas by name, and members that hold values and not schemas. */
const maps = new Set(["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"]);
const values = new Set(["const", "default", "dependentRequired", "enum", "examples", "required", "type"]);

/** Calls `visit` for each keyword of a schema and of all schemas in it. */
export function visitKeywords(schema: unknown, visit: (keyword: string, value: unknown) => void): void {
  if (Array.isArray(schema)) for (const item of schema) visitKeywords(item, visit);
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return;
  for (const [keyword, value] of Object.entries(schema)) {
    visit(keyword, value);
    if (values.has(keyword)) continue;
    const isMap = maps.has(keyword) && typeof value === "object" && value !== null;
    for (const inner of isMap ? Object.values(value as object) : [value]) visitKeywords(inner, visit);
  }
}

/** Whether a keyword can be passed over without judging anything less. */
export function isAnnotation(keyword: string): boolean {
  return annotations.has(keyword);
}
