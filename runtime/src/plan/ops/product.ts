import type { Host } from '../../engine/host.ts'
import type { GraphNode } from '../../graph.ts'
import { limitsOf } from '../activations.ts'
import type { PlanContext, StepPlanner } from '../context.ts'
import { packDense } from '../pack-dense.ts'
import { packSlices } from '../pack-slices.ts'
import { packSparse } from '../pack-sparse.ts'
import { type Planes, positionsOf } from '../planes.ts'
import { buffer, type Operand, real } from '../program.ts'
import { densityOf, sparseMatrixOf } from '../sparse-matrix.ts'
import type { Step } from '../steps.ts'
import { planActivation } from './activation.ts'
import { splitInput, splitSize, type Window, windowOf } from './split.ts'

type Product = Extract<GraphNode, { op: 'convolution' | 'dense' }>

/**
 * Bytes of an input that a tile reads in one block of terms. Larger blocks fall out of the cache of level 1, smaller ones load and store
 * sums more often.
 */
function blockBytes({ lanes }: Host): number {
  return (lanes === 16 ? 48 : 24) * 1024
}

/** Vectors in a tile of `kernels/ops/sparse-product.h` and `dense-product.h`. */
const SPARSE_TILE = 7
const DENSE_TILE = 3

/** Convolutions and dense layers: a matrix of weights times a matrix of positions. */
export const planProduct: StepPlanner = {
  layout(layout, step, sizes) {
    const input = sizes(step.inputs[0]!)
    const window = windowOf(step.node as Product, input, layout.lanes)
    const source = window.isSplit ? `split ${step.value}` : String(step.inputs[0])
    if (window.isSplit) layout.add(source, splitSize(window, input))
    layout.join(source, String(step.value))
    if (step.residual !== undefined) layout.join(String(step.residual), String(step.value))
  },

  plan(context, step) {
    const node = step.node as Product
    const window = windowOf(node, context.planes(step.inputs[0]!), context.model.host.lanes)
    const source = splitInput(context, step, window)
    const product: ProductPlan = {
      context,
      step,
      node,
      window,
      source: source.planes,
      offsets: source.offsets,
      name: `weights ${step.value}`,
    }
    const isVector = positionsOf(context.planes(step.value)) === 1
    const isSparse = usesSparseKernel(product, isVector)
    context.model.computed.set(node.name, isSparse ? 'sparse' : 'dense')
    if (isVector) (isSparse ? planSparseVector : planDenseVector)(product, source.order)
    else (isSparse ? planSparse : planDense)(product, source.order)
    source.release()
    if (!limitsOf(step.activation)) planActivation.plan(context, { ...step, inputs: [step.value] })
  },
}

interface ProductPlan {
  context: PlanContext
  step: Step
  node: Product
  window: Window
  source: Planes
  /** The offset of each term from the source, in bytes. */
  offsets: Uint32Array
  /** Names packed weights. */
  name: string
}

/**
 * The density below which the sparse kernel is faster, measured: docs/decisions/2026-11-30-runtime-kernels.md. A vector gathers one input for
 * each weight, where a matrix reads whole vectors.
 */
const SPARSE_BELOW = { native: { vector: 0.14, matrix: 0.5 }, wasm: { vector: 0.4, matrix: 0.75 } }

/** For comparisons, a dense model has no zeros but those between the groups of a convolution. */
function usesSparseKernel({ context, node, name }: ProductPlan, isVector: boolean): boolean {
  const { kernels, host } = context.model
  if (kernels === 'sparse') return true
  const groups = node.op === 'convolution' ? (node.groups ?? 1) : 1
  const density =
    kernels === 'dense' ? 1 / groups : context.packed(`${name} density`, () => densityOf(node.kernel))
  const limits = SPARSE_BELOW[host.isNative ? 'native' : 'wasm']
  return density < (isVector ? limits.vector : limits.matrix)
}

/** Where the sums go, and what is added to them: `readOutput` of `kernels/product.h`. */
function outputOperands({ context, step, node, name }: ProductPlan): Operand[] {
  const out = context.planes(step.value)
  const residual = step.residual === undefined ? undefined : context.planes(step.residual)
  const bias = context.model.constants.shared(
    `${name} bias`,
    () => node.bias ?? new Float32Array(out.channels),
  )
  const [low, high] = limitsOf(step.activation) ?? [-Infinity, Infinity]
  const added = residual ? [buffer(residual.at), residual.channelPitch] : [0, 0]
  return [buffer(out.at), out.channelPitch, ...added, bias, real(low), real(high)]
}

/** What a tile costs besides its vectors, in vectors: it reads the weights. */
const TILE_COST = 2

/** How positions are cut into runs and those into tiles: `Tiling` of `kernels/product.h`. */
interface Tiling {
  runs: number
  pitch: number
  vectors: number
  tiles: number
}

/** One run, or a run for each image where that costs less. A run writes whole vectors, which must not reach the next image or channel. */
function tilingOf(out: Planes, lanes: number, most: number): Tiling {
  const { images, imagePitch } = out
  const [all, each] = [positionsOf(out), positionsOf({ ...out, images: 1 })].map(positions => {
    const vectors = Math.ceil(positions / lanes)
    return { vectors, tiles: Math.ceil(vectors / most) }
  }) as [Omit<Tiling, 'runs' | 'pitch'>, Omit<Tiling, 'runs' | 'pitch'>]
  const cost = ({ vectors, tiles }: typeof all) => vectors + TILE_COST * tiles
  const last = (images - 1) * imagePitch + each.vectors * lanes
  const fits = each.vectors * lanes <= imagePitch && last <= out.channelPitch
  const isApart = fits && images * cost(each) < cost(all)
  return isApart ? { runs: images, pitch: imagePitch, ...each } : { runs: 1, pitch: 0, ...all }
}

/** How the positions are cut into tiles of at most `most` vectors, the rows into panels, and the terms into blocks. */
function cutsOf(product: ProductPlan, most: number) {
  const { context, step } = product
  const { lanes } = context.model.host
  const out = context.planes(step.value)
  const { runs, pitch, vectors, tiles } = tilingOf(out, lanes, most)
  const termsPerBlock = blockLength(product, Math.ceil(vectors / tiles) * lanes)
  const panels = panelsFor(context, runs * tiles)
  return {
    channels: out.channels,
    vectors: runs * vectors,
    tiling: [runs, pitch, vectors, tiles],
    panels,
    termsPerBlock,
  }
}

function planSparse(product: ProductPlan, order: Uint32Array): void {
  const { context, node, source, offsets, name } = product
  const { constants } = context.model
  const { channels, vectors, tiling, panels, termsPerBlock } = cutsOf(product, SPARSE_TILE)
  const key = `${name} sparse ${panels} ${termsPerBlock}`
  const packed = context.packed(key, () =>
    packSparse(sparseMatrixOf(node.kernel, channels, order), panels, termsPerBlock),
  )
  const outputs = constants.shared(`${key} outputs`, () => packed.outputs)
  const counts = constants.shared(`${key} counts`, () => packed.counts)
  const values = constants.shared(`${key} values`, () => packed.values)
  const places = constants.write(packed.columns.map(term => offsets[term]!))
  const table = packed.blocks.flatMap(({ rows, firstRow, firstValue }) => [
    rows,
    ...[outputs + firstRow, counts + firstRow, values + firstValue, places + firstValue],
  ])
  const cut = [panels, packed.blocksPerPanel, constants.write(Uint32Array.from(table))]
  context.work += packed.values.length * vectors
  context.emit('sparseProduct', buffer(source.at), ...outputOperands(product), ...tiling, ...cut)
}

function planDense(product: ProductPlan, order: Uint32Array): void {
  const { context, node, source, offsets, name } = product
  const { host, constants } = context.model
  const { channels, vectors, tiling, panels, termsPerBlock } = cutsOf(product, DENSE_TILE)
  const weights = constants.shared(`${name} dense ${termsPerBlock}`, () =>
    packDense(node.kernel, channels, order, host.denseRows, termsPerBlock),
  )
  const sizes = [...tiling, channels, offsets.length, termsPerBlock]
  const operands = [...outputOperands(product), ...sizes, constants.write(offsets), weights, panels]
  context.work += channels * offsets.length * vectors
  context.emit('denseProduct', buffer(source.at), ...operands)
}

function planSparseVector(product: ProductPlan, order: Uint32Array): void {
  const { context, step, node, source, offsets, name } = product
  const { host, constants } = context.model
  const { channels } = context.planes(step.value)
  const packed = context.packed(`${name} slices`, () =>
    packSlices(sparseMatrixOf(node.kernel, channels, order), host.lanes),
  )
  const rows = constants.write(packed.order)
  const starts = constants.write(packed.starts)
  const values = constants.write(packed.values)
  const places = constants.write(packed.columns.map(term => offsets[term]!))
  const operands = [...outputOperands(product), channels, rows, starts, values, places]
  context.work += packed.values.length / host.lanes
  context.emit('sparseVectorProduct', buffer(source.at), ...operands)
}

function planDenseVector(product: ProductPlan, order: Uint32Array): void {
  const { context, step, node, source, offsets } = product
  const { host, constants } = context.model
  const { channels } = context.planes(step.value)
  const rows = constants.write(Uint32Array.from({ length: channels }, (_, m) => m))
  const weights = constants.write(packDense(node.kernel, channels, order, host.lanes, offsets.length))
  const operands = [
    ...outputOperands(product),
    channels,
    offsets.length,
    rows,
    constants.write(offsets),
    weights,
  ]
  context.work += (channels * offsets.length) / host.lanes
  context.emit('denseVectorProduct', buffer(source.at), ...operands)
}

/** The panels that rows are cut into: one, unless there are too few tiles for the threads. */
function panelsFor({ model }: PlanContext, tiles: number): number {
  const { threads } = model.host
  return tiles < 4 * threads ? threads : 1
}

/** Terms in a block: whole channels, about as many in each block. `width` is the number of positions in a tile. */
function blockLength({ context, node, window, source }: ProductPlan, width: number): number {
  const [height, columns] = window.size
  const channels = node.kernel.length / (height * columns * node.shape.at(-1)!)
  const rows = width + (height - 1) * source.rowPitch
  const bytes = 4 * (window.isUnrolled ? rows * columns : rows + columns - 1)
  const most = Math.max(1, Math.floor(blockBytes(context.model.host) / bytes))
  return Math.ceil(channels / Math.ceil(channels / most)) * height * columns
}
