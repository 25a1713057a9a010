import { getPath, omitFields, setPath, withPresetField } from './spec-path.ts'
import type { SweepRequest } from './sweep-request.ts'
import type { Trial } from './sweep-state.ts'

type Spec = Readonly<Record<string, unknown>>

/** Fields that end a training early or make a network sparse in other ways than c does. */
const NOT_DENSE = ['target', 'finish', 'earlyStopping']

/** The job request of a trial: the base with the trial's values set in it. */
export function trialSpec(
  { base }: Pick<SweepRequest, 'base'>,
  { kind, values }: Pick<Trial, 'kind' | 'values'>,
  epochs: number | undefined,
): Spec {
  const spec = Object.entries(values).reduce<Spec>(setValue, base)
  const wanted = kind === 'reference' || kind === 'rangeTest' ? densely(spec) : spec
  return epochs === undefined ? wanted : { ...wanted, epochs }
}

/** The choice null leaves an optional field out. */
function setValue(spec: Spec, [path, value]: readonly [string, unknown]): Spec {
  const [field, ...inner] = path.split('.')
  return setPath(inner.length > 0 ? withPresetField(spec, field!) : spec, path, value ?? undefined)
}

/** gRDA with c = 0 is SGD; the other optimizers make no zeros. */
function densely(spec: Spec): Spec {
  const dense = omitFields(withPresetField(spec, 'optimizer'), NOT_DENSE)
  return getPath(dense, 'optimizer.name') === 'grda' ? setPath(dense, 'optimizer.c', 0) : dense
}

/** The values of the dense run: where the base leaves a field of the space out, its first choice or the lower end of its range. */
export function referenceValues({ base, space }: Pick<SweepRequest, 'base' | 'space'>): Spec {
  return Object.fromEntries(
    Object.entries(space).flatMap(([path, dimension]) => {
      if (getPath(withPresetField(base, path.split('.')[0]!), path) !== undefined) return []
      if (NOT_DENSE.includes(path.split('.')[0]!)) return []
      if (Array.isArray(dimension)) return [[path, dimension[0]]]
      return [[path, 'log' in dimension ? dimension.log[0] : dimension.uniform[0]]]
    }),
  )
}

/** The epochs of a full training; undefined where neither the base nor its preset says. */
export function fullEpochs({ base }: Pick<SweepRequest, 'base'>): number | undefined {
  const { epochs } = withPresetField(base, 'epochs')
  return typeof epochs === 'number' ? epochs : undefined
}
