import type { GraphNode } from '../../graph.ts'
import type { PlanContext } from '../context.ts'
import type { Planes, Size } from '../planes.ts'
import type { Step } from '../steps.ts'

/** The window of a product, and how its input is prepared. */
interface Window {
  size: readonly [number, number]
  strides: readonly [number, number]
  top: number
  left: number
  /** Rows and columns of an image with its margins. */
  margins: [number, number]
  /** Whether the input is copied first: into phases if a stride is above 1, and with zeros around it if there are margins. */
  isSplit: boolean
  /** The [row, column] of each phase, (y mod stride, x mod stride), that the window reads. */
  phases: [number, number][]
}

const POINT = {
  size: [1, 1],
  strides: [1, 1],
  margins: { top: 0, bottom: 0, left: 0, right: 0 },
} as const

export function windowOf(node: Extract<GraphNode, { op: 'convolution' | 'dense' }>): Window {
  const { size, strides, margins } = node.op === 'convolution' ? node : POINT
  const { top, bottom, left, right } = margins
  const phases: [number, number][] = []
  for (let y = 0; y < Math.min(size[0], strides[0]); y++)
    for (let x = 0; x < Math.min(size[1], strides[1]); x++) phases.push([y, x])
  const isSplit = strides[0] > 1 || strides[1] > 1 || top + bottom + left + right > 0
  return { size, strides, top, left, margins: [top + bottom, left + right], isSplit, phases }
}

/** The size of the prepared input. */
export function splitSize({ strides, margins, phases }: Window, input: Size): Size {
  return {
    height: Math.ceil((input.height + margins[0]) / strides[0]),
    width: Math.ceil((input.width + margins[1]) / strides[1]),
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

function termsOf({ size, strides, phases }: Window, source: Planes, channels: number) {
  const [height, width] = size
  const offsets = new Uint32Array(channels * height * width)
  const order = new Uint32Array(offsets.length)
  const columns = Math.min(width, strides[1])
  let term = 0
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const phase = (y % strides[0]) * columns + (x % strides[1])
        const place = Math.floor(y / strides[0]) * source.rowPitch + Math.floor(x / strides[1])
        offsets[term] = ((c * phases.length + phase) * source.channelPitch + place) * 4
        order[term++] = (y * width + x) * channels + c
      }
  return { offsets, order }
}
