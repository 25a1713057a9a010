import { usageError } from '../failure.ts'

type Container = Record<string, unknown>

/** Sets the value at a path such as `optimizer.mu` or `augmentation.0.padding`. A value that is not JSON is a string. */
export function setPath(target: object, path: string, text: string): void {
  const names = path.split('.')
  const last = names.pop()!
  if (names.includes('__proto__') || last === '__proto__')
    throw usageError(`--set ${path}: there is no such field.`)
  let container = target as Container
  for (const name of names) {
    container[name] ??= {}
    if (typeof container[name] !== 'object') throw usageError(`--set ${path}: \`${name}\` is not an object.`)
    container = container[name] as Container
  }
  container[last] = parse(text)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
