import { getPath, setPath } from './spec-path.ts'
import type { SweepRequest } from './sweep-request.ts'

type Models = Pick<SweepRequest, 'base' | 'space'>

/** The fields of a job that name a model. */
const PATHS = ['model.id', 'init.modelId'] as const

/** The models that the jobs of a sweep may start from. */
export function modelsOf(request: Models): string[] {
  const found: string[] = []
  renameModels(request, name => {
    found.push(name)
    return name
  })
  return found
}

/** The request with other names of its models, in the base and in the choices of the space. */
export function renameModels<Request extends Models>(
  { base, space, ...rest }: Request,
  rename: (name: string) => string,
): Request {
  const renamed = (value: unknown) => (typeof value === 'string' ? rename(value) : value)
  const renamedAt = <Spec>(spec: Spec, path: string): Spec =>
    getPath(spec, path) === undefined
      ? spec
      : (setPath(spec as object, path, renamed(getPath(spec, path))) as Spec)
  const choices = Object.entries(space).map(([path, dimension]) => {
    const inner = PATHS.find(known => known === path || known.startsWith(`${path}.`))
    if (!inner || !Array.isArray(dimension)) return [path, dimension]
    const key = inner.slice(path.length + 1)
    return [path, dimension.map(choice => (key === '' ? renamed(choice) : renamedAt(choice, key)))]
  })
  return {
    ...rest,
    base: PATHS.reduce(renamedAt, base),
    space: Object.fromEntries(choices),
  } as Request
}
