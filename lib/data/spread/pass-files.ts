/** Where a pass's files lie in the record's storage: what a unit came to. @param id the unit's. */
export function doneFile(pass: string, id: string): string {
  return `${pass}/done/${id}.json`;
}

/** What stopped a share for good. */
export function failedFile(pass: string, index: number): string {
  return `${pass}/failed/${index}.json`;
}

/** Migrations and compiled schemas, packed. */
export function processFolder(pass: string): string {
  return `${pass}/process`;
}

/** What one attempt at a unit dumped. */
export function dumpFolder(pass: string, attempt: string): string {
  return `${pass}/dump/${attempt}`;
}

/** New versions that one attempt at a unit made. */
export function newFolder(pass: string, attempt: string): string {
  return `${pass}/new/${attempt}`;
}

/** Lists of documents that one attempt at a unit made. */
export function reportsFolder(pass: string, attempt: string): string {
  return `${pass}/reports/${attempt}`;
}
