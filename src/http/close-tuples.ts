interface Tuple {
  prefixItems: readonly unknown[]
  items?: unknown
}

/**
 * Tuples as arrays, whose `minItems` and `maxItems` they have already: a tuple of equal items needs no `prefixItems`, and no tuple needs
 * `items: false`. Generators of clients do not read schemas that are booleans.
 */
export function closeTuples<T>(document: T): T {
  return JSON.parse(JSON.stringify(document), (_, value) => (isTuple(value) ? closed(value) : value))
}

function isTuple(value: unknown): value is Tuple {
  return Array.isArray((value as Partial<Tuple> | null)?.prefixItems)
}

function closed({ prefixItems, items, ...schema }: Tuple) {
  const [first, ...others] = prefixItems
  if (others.every(each => JSON.stringify(each) === JSON.stringify(first))) return { ...schema, items: first }
  return { ...schema, prefixItems, ...(items !== false && { items }) }
}
