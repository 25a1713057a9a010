/** A node of a graph to which TensorFlow has assigned a device. */
export interface Placed {
  name: string
  op: string
  device: string
  /** The nodes whose values are its inputs. */
  inputs: readonly string[]
  /** The attribute T or dtype, if there is one. */
  type: string | undefined
}

/** Parses the nodes of a GraphDef in protobuf's text format, as TensorFlow writes it. */
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

/** Ops that hold or move values on the host: constants, feeds and fetches. */
const HOST_OPS = new Set(['Const', 'Placeholder', '_Arg', '_Retval', 'VarHandleOp', 'NoOp'])

export function isOfHost({ op }: Placed): boolean {
  return HOST_OPS.has(op)
}

/** Ops whose GPU kernels compute int32 on the GPU. */
const INT32_ON_GPU = new Set(['Bitcast', 'OneHot'])

/**
 * Whether its inputs and outputs are on the host, even if its device is a GPU. int32 tensors are usually shapes and indices, so most of
 * TensorFlow's GPU kernels compute them on the host.
 */
function isOnHost(node: Placed): boolean {
  return isOfHost(node) || (node.type === 'DT_INT32' && !INT32_ON_GPU.has(node.op))
}

/** The inner nodes of the graph whose values a GPU would have to copy back to the host before it can continue. */
export function copiedBack(nodes: readonly Placed[]): Placed[] {
  const byName = new Map(nodes.map(node => [node.name, node]))
  const used = nodes
    .filter(node => isOnHost(node))
    .flatMap(({ inputs }) => inputs.map(name => byName.get(name)!))
  return used.filter(node => !isOnHost(node))
}

/** The fed nodes that are not int32: tfjs-node has copied such a tensor to the GPU, and copies it back to feed it. */
export function fedFromDevice(nodes: readonly Placed[], fed: readonly string[]): string[] {
  const byName = new Map(nodes.map(node => [node.name, node]))
  return fed.filter(name => byName.get(name)!.type !== 'DT_INT32')
}

/** The names of the nodes whose values are computed on the device. */
export function computedOf(nodes: readonly Placed[], names: readonly string[]): string[] {
  const byName = new Map(nodes.map(node => [node.name, node]))
  return names.filter(name => !isOfHost(byName.get(name)!))
}
