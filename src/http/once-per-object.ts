/**
 * A function that computes its result once for each object. An event goes to every client that watches its job: what is computed from it is
 * the same for all of them.
 */
export function oncePerObject<Value extends object, Result extends {}>(
  compute: (value: Value) => Result,
): (value: Value) => Result {
  const results = new WeakMap<Value, Result>()
  return value => {
    const known = results.get(value)
    if (known !== undefined) return known
    const result = compute(value)
    results.set(value, result)
    return result
  }
}
