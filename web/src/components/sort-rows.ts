export interface Sorting {
  by: string
  order: 'asc' | 'desc'
}

/** Rows in the order of a value. Rows without the value come last in both orders. */
export function sortRows<T>(
  rows: readonly T[],
  value: (row: T) => string | number | undefined,
  order: Sorting['order'],
): T[] {
  const sign = order === 'asc' ? 1 : -1
  return [...rows].sort((first, second) => {
    const [a, b] = [value(first), value(second)]
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
    return sign * (a < b ? -1 : a > b ? 1 : 0)
  })
}
