import type { GraphNode } from '../../graph.ts'
import type { PlanContext } from '../context.ts'
import type { Planes, Size } from '../planes.ts'
import type { Step } from '../steps.ts'

/** The window of a product, and how its input is prepared. */
export interface Window {
  size: readonly [number, number]
  strides: readonly [number, number]
  top: number
  left: number
  /** Rows and columns of an image with its margins. */
  margins: [number, number]
  /** Whether the input is copied first: into phases if a stride is above 1, and with zeros around it if there are margins. */
  isSplit: boolean
  /** Whether the input is copied once for each column of the window, cut to the columns of the output. */
  isUnrolled: boolean
  /** The [row, column] of each phase, (y mod stride, x mod stride), that the window reads. */
  phases: [number, number][]
}

/**
 * An output as wide as its input has as many positions of which none is computed for nothing. So narrow images are unrolled if that leaves so
 * small a share of the vectors, and copying the input is cheaper than computing the others with this density.
 */
const UNROLLED_SHARE = 0.7
const UNROLLED_DENSITY = 0.1
/** The most columns of a window, and so the most copies of an input. */
const UNROLLED_COLUMNS = 16
/** What copying a vector costs, in products of vectors. */
const COPY_COST = 3

const POINT = {
  size: [1, 1],
  strides: [1, 1],
  margins: { top: 0, bottom: 0, left: 0, right: 0 },
} as const

export function windowOf(
  node: Extract<GraphNode, { op: 'convolution' | 'dense' }>,
  input: Size,
  lanes: number,
): Window {
  const { size, strides, margins } = node.op === 'convolution' ? node : POINT
  const { top, bottom, left, right } = margins
  const padded = { height: input.height + top + bottom, width: input.width + left + right }
  const isUnrolled =
    strides[0] === 1 && strides[1] === 1 && paysUnrolled(size, padded, node.shape.at(-1)!, lanes)
  const phases: [number, number][] = []
  for (let y = 0; y < Math.min(size[0], strides[0]); y++)
    for (let x = 0; x < (isUnrolled ? size[1] : Math.min(size[1], strides[1])); x++) phases.push([y, x])
  const isSplit = isUnrolled || strides[0] > 1 || strides[1] > 1 || top + bottom + left + right > 0
  return { size, strides, top, left, margins: [top + bottom, left + right], isSplit, isUnrolled, phases }
}

/** @param padded the size of the input with its margins */
function paysUnrolled(
  [rows, columns]: readonly [number, number],
  padded: { height: number; width: number },
  outputs: number,
  lanes: number,
): boolean {
  const [height, width] = [padded.height - rows + 1, padded.width - columns + 1]
  const before = Math.ceil(((height - 1) * padded.width + width) / lanes)
  const after = Math.ceil((height * width) / lanes)
  const saved = (before - after) * outputs * rows * UNROLLED_DENSITY
  const copied = COPY_COST * padded.height * Math.ceil(width / lanes)
  return columns <= UNROLLED_COLUMNS && after <= UNROLLED_SHARE * before && saved > copied
}

/** The size of the prepared input. */
export function splitSize({ size, strides, margins, isUnrolled, phases }: Window, input: Size): Size {
  const width = Math.ceil((input.width + margins[1]) / strides[1])
  return {
    height: Math.ceil((input.height + margins[0]) / strides[0]),
    width: isUnrolled ? width - size[1] + 1 : width,
    channels: input.channels * phases.length,
  }
}

interface Source {
  planes: Planes
  /** The offset of each term, in bytes. Terms are ordered by channel, so that those of a block are near one another. */
  offsets: Uint32Array
  /** The row of the kernel [height, width, in] that each term is. */
  order: Uint32Array
  release(): void
}

/** Prepares the input of a product, of which each term is then a constant offset from the position of the output. */
export function splitInput(context: PlanContext, step: Step, window: Window): Source {
  const input = context.planes(step.inputs[0]!)
  if (!window.isSplit) return { planes: input, ...termsOf(window, input, input.channels), release() {} }
  const planes = context.temporary(`split ${step.value}`, splitSize(window, input))
  const phases = context.model.constants.shared(`phases ${window.phases}`, () =>
    Uint32Array.from(window.phases.flat()),
  )
  const place = [window.top, window.left, ...window.strides, window.phases.length, phases]
  context.emit('split', input, planes, ...place)
  const release = () => context.buffers.release(planes.at)
  return { planes, ...termsOf(window, planes, input.channels), release }
}

function termsOf({ size, strides, isUnrolled, phases }: Window, source: Planes, channels: number) {
  const [height, width] = size
  const offsets = new Uint32Array(channels * height * width)
  const order = new Uint32Array(offsets.length)
  const stride = isUnrolled ? width : strides[1]
  const columns = Math.min(width, stride)
  let term = 0
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const phase = (y % strides[0]) * columns + (x % stride)
        const place = Math.floor(y / strides[0]) * source.rowPitch + Math.floor(x / stride)
        offsets[term] = ((c * phases.length + phase) * source.channelPitch + place) * 4
        order[term++] = (y * width + x) * channels + c
      }
  return { offsets, order }
}
