/** The name, with a number appended if it is taken, as Keras numbers layers. */
export function uniqueName(base: string, taken: Iterable<string>): string {
  const names = new Set(taken)
  let name = base
  for (let count = 1; names.has(name); count++) name = `${base}_${count}`
  return name
}
