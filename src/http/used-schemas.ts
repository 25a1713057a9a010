type Json = { [key: string]: Json } | Json[] | string | number | boolean | null
export type Dictionary = Record<string, Json>

/** The schemas to which a part of a document refers, in the order of their names, so that it does not depend on the order of imports. */
export function usedSchemas(part: unknown, schemas: Dictionary): Dictionary {
  return sorted(Object.fromEntries([...reachable(part, schemas)].map(name => [name, schemas[name]!])))
}

export function sorted(dictionary: Dictionary): Dictionary {
  return Object.fromEntries(Object.entries(dictionary).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The names of the schemas to which `part` refers, directly or indirectly. */
export function reachable(part: unknown, schemas: Dictionary, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(part).matchAll(/#\/components\/schemas\/(\w+)"/g)) {
    if (found.has(name!)) continue
    found.add(name!)
    reachable(schemas[name!], schemas, found)
  }
  return found
}
