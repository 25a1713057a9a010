/** A node of a graph that TensorFlow has placed. */
export interface Placed {
  name: string
  op: string
  device: string
  /** The nodes whose values it takes. */
  inputs: readonly string[]
  /** Its attribute T or dtype, if it has one. */
  type: string | undefined
}

/** The nodes of a GraphDef in protobuf's text format, as TensorFlow writes it. */
export function parseNodes(text: string): Placed[] {
  return text
    .split(/^node \{$/m)
    .slice(1)
    .map(node => ({
      name: fieldOf(node, 'name') ?? '',
      op: fieldOf(node, 'op') ?? '',
      device: fieldOf(node, 'device') ?? '',
      inputs: [...node.matchAll(/^ {2}input: "([^^:"]+)/gm)].map(([, name]) => name!),
      type: /^ {4}key: "(?:T|dtype)"\s+value \{\s+type: (\w+)/m.exec(node)?.[1],
    }))
}

function fieldOf(node: string, field: string): string | undefined {
  return new RegExp(`^ {2}${field}: "(.*)"$`, 'm').exec(node)?.[1]
}

/** Ops that hold or move what lives on the host: constants, what is fed, and what is fetched. */
const HOST_OPS = new Set(['Const', 'Placeholder', '_Arg', '_Retval', 'VarHandleOp', 'NoOp'])

export function isOfHost({ op }: Placed): boolean {
  return HOST_OPS.has(op)
}

/** Ops whose GPU kernels for int32 are no exception. */
const ALIKE_FOR_INT32 = new Set(['Bitcast', 'OneHot'])

/**
 * Whether it takes and gives what lies on the host, even where its device is a GPU: as int32s are shapes and places as a rule,
 * most of TensorFlow's GPU kernels for them compute on the host.
 */
function liesOnHost(node: Placed): boolean {
  return isOfHost(node) || (node.type === 'DT_INT32' && !ALIKE_FOR_INT32.has(node.op))
}

/** What of the graph's inner values a GPU would have to give back to the host before it can go on. */
export function takenBack(nodes: readonly Placed[]): Placed[] {
  const byName = new Map(nodes.map(node => [node.name, node]))
  const taken = nodes
    .filter(node => liesOnHost(node))
    .flatMap(({ inputs }) => inputs.map(name => byName.get(name)!))
  return taken.filter(node => !liesOnHost(node))
}

/** Those of the fed nodes that are no int32s: tfjs-node has copied such a thing to the GPU, and takes it back to feed it. */
export function fedFromDevice(nodes: readonly Placed[], fed: readonly string[]): string[] {
  const byName = new Map(nodes.map(node => [node.name, node]))
  return fed.filter(name => byName.get(name)!.type !== 'DT_INT32')
}

/** Those of the names whose values are computed on the device. */
export function computedOf(nodes: readonly Placed[], names: readonly string[]): string[] {
  const byName = new Map(nodes.map(node => [node.name, node]))
  return names.filter(name => !isOfHost(byName.get(name)!))
}
