import { z } from 'zod'
import { FormatError } from '#formats/format-error.ts'
import type { FoundTensor, FoundTensors } from '#interchange/found-tensors.ts'
import { layerNameFromKeras } from '#interchange/keras/names.ts'
import type { Topology } from '#network/topology.ts'
import { statisticsOf, variablesOf } from '#network/variables.ts'
import { readTfjsTensor, storedBytes, TfjsTensor } from './tfjs-tensor.ts'

const Manifest = z.array(
  z.object({
    paths: z.array(z.string()),
    weights: z.array(TfjsTensor),
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
): FoundTensors {
  const { data: groups, error } = Manifest.safeParse(manifest)
  if (!groups) throw new FormatError(`model.json: ${whatIsWrong(error)}`)
  const own = new Map(
    [...variablesOf(topology), ...statisticsOf(topology)].map(({ name }) => [plain(name), name]),
  )
  const found = new Map<string, FoundTensor>()
  for (const { paths, weights } of groups) {
    const bytes = Buffer.concat(paths.map(path => shard(path, shards)))
    let at = 0
    for (const tensor of weights) {
      const { name, shape } = tensor
      const end = at + storedBytes(tensor)
      if (!(end <= bytes.length))
        throw new FormatError(`${paths.join(', ')} ends before ${name} [${shape}] does`)
      const variable = lookUp(name, own)
      if (variable)
        found.set(variable, { shape, data: readTfjsTensor(tensor, bytes.subarray(at, end)), source: name })
      at = end
    }
  }
  const all = groups.flatMap(({ weights }) => weights).filter(({ dtype }) => dtype === 'float32')
  return { tensors: found, names: all.map(({ name }) => name) }
}

function whatIsWrong({ issues }: z.ZodError): string {
  const path = issues[0]!.path
  const place = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  const where = `weightsManifest${place}`
  if (path.includes('quantization'))
    return `${where} is not supported: weights may be quantized to uint8 or uint16 with \`scale\` and \`min\`, or to float16`
  return `${where} is not what TensorFlow.js writes: a list of groups with \`paths\` and \`weights\`, each weight with \`name\`, \`shape\` and \`dtype\``
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
