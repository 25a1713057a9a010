import { z } from 'zod'
import { FormatError } from '#formats/format-error.ts'
import type { FoundTensor, FoundTensors } from '#interchange/found-tensors.ts'
import { layerNameFromKeras } from '#interchange/keras/names.ts'
import { plainMessage } from '#interchange/plain-message.ts'
import type { Network } from '#network/network.ts'
import { readTfjsTensor, storedBytes, TfjsTensor } from './tfjs-tensor.ts'

const Manifest = z.array(
  z.object({
    paths: z.array(z.string()),
    weights: z.array(TfjsTensor),
  }),
)

/**
 * A model's tensors from TensorFlow.js files, which the `weightsManifest` of model.json describes. The manifest names files by path; only
 * the last part of a path is used, to look the file up among `shards`. @throws FormatError
 */
export function readTfjsWeights(
  manifest: unknown,
  shards: ReadonlyMap<string, Uint8Array>,
  { variables, statistics }: Network,
): FoundTensors {
  const { data: groups, error } = Manifest.safeParse(manifest, { error: plainMessage })
  if (!groups) throw new FormatError(`model.json: ${whatIsWrong(error)}`)
  const own = new Map([...variables, ...statistics].map(({ name }) => [plain(name), name]))
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
  return `${where} does not have the form that TensorFlow.js writes: a list of groups with \`paths\` and \`weights\`, each weight with \`name\`, \`shape\` and \`dtype\``
}

/** In a nested model names have prefixes; the name of a layer may contain slashes. */
function lookUp(name: string, own: ReadonlyMap<string, string>): string | undefined {
  const parts = name.split('/')
  const endings = parts.map((_, first) => parts.slice(first))
  const candidates = endings.flatMap(ending => [
    plain(ending.join('/')),
    plain(`${layerNameFromKeras(ending.slice(0, -1).join('/'))}/${ending.at(-1)}`),
  ])
  return own.get(candidates.find(candidate => own.has(candidate)) ?? '')
}

/** `moving_mean` and `movingMean` become the same. */
function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

function shard(path: string, shards: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const name = path.split('/').at(-1)!
  const bytes = shards.get(name)
  if (!bytes) throw new FormatError(`model.json names the file ${name}, which was not uploaded`)
  return bytes
}
