import { z } from 'zod'
import { layerNameFromKeras } from '#domain/keras-names.ts'
import type { Topology } from '#domain/model-spec.ts'
import { elementCount } from '#domain/shape.ts'
import { statisticsOf, variablesOf } from '#domain/variables.ts'
import { FormatError } from '#formats/format-error.ts'
import type { FoundTensor } from './found-tensors.ts'

const Manifest = z.array(
  z.object({
    paths: z.array(z.string()),
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().nonnegative()),
        dtype: z.string(),
        quantization: z.unknown().optional(),
      }),
    ),
  }),
)

/**
 * A model's tensors of TensorFlow.js: the `weightsManifest` of its model.json, and the files that name it, which are looked up by their last
 * part and never opened by it. @throws FormatError
 */
export function readTfjsWeights(
  manifest: unknown,
  shards: ReadonlyMap<string, Uint8Array>,
  topology: Topology,
): Map<string, FoundTensor> {
  const { data: groups, error } = Manifest.safeParse(manifest)
  if (!groups) throw new FormatError(`model.json: weightsManifest: ${z.prettifyError(error)}`)
  const own = new Map(
    [...variablesOf(topology), ...statisticsOf(topology)].map(({ name }) => [plain(name), name]),
  )
  const found = new Map<string, FoundTensor>()
  for (const { paths, weights } of groups) {
    const bytes = Buffer.concat(paths.map(path => shard(path, shards)))
    let at = 0
    for (const { name, shape, dtype, quantization } of weights) {
      if (quantization !== undefined || dtype !== 'float32')
        throw new FormatError(`${name} is ${quantization ? 'quantised' : dtype}; weights are float32`)
      const length = elementCount(shape)
      if (at + 4 * length > bytes.length)
        throw new FormatError(`${paths.join(', ')} ends before ${name} [${shape}] does`)
      const data = new Float32Array(Uint8Array.from(bytes.subarray(at, at + 4 * length)).buffer)
      at += 4 * length
      const variable = lookUp(name, own)
      if (variable) found.set(variable, { shape, data, source: name })
    }
  }
  return found
}

/** A nested model puts names before those of the layers; a layer may have slashes in its own. */
function lookUp(name: string, own: ReadonlyMap<string, string>): string | undefined {
  const parts = name.split('/')
  const endings = parts.map((_, first) => parts.slice(first))
  const candidates = endings.flatMap(ending => [
    plain(ending.join('/')),
    plain(`${layerNameFromKeras(ending.slice(0, -1).join('/'))}/${ending.at(-1)}`),
  ])
  return own.get(candidates.find(candidate => own.has(candidate)) ?? '')
}

/** `moving_mean` and `movingMean` are one. */
function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

function shard(path: string, shards: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const name = path.split('/').at(-1)!
  const bytes = shards.get(name)
  if (!bytes) throw new FormatError(`model.json names the file ${name}, which was not uploaded`)
  return bytes
}
