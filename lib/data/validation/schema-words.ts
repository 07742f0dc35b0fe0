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

/** Calls `visit` for each keyword of a schema and of all schemas in it; what it returns replaces the keyword's value. */
export function rewriteKeywords(
  schema: unknown,
  visit: (keyword: string, value: unknown) => unknown,
): unknown {
  if (Array.isArray(schema)) return schema.map((item) => rewriteKeywords(item, visit));
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      const made = visit(keyword, value);
      if (values.has(keyword)) return [keyword, made];
      if (!maps.has(keyword) || typeof made !== "object" || made === null)
        return [keyword, rewriteKeywords(made, visit)];
      const named = Object.entries(made).map(
        ([name, inner]) => [name, rewriteKeywords(inner, visit)] as const,
      );
      return [keyword, Object.fromEntries(named)];
    }),
  );
}

/** Whether a keyword can be passed over without judging anything less. */
export function isAnnotation(keyword: string): boolean {
  return annotations.has(keyword);
}
