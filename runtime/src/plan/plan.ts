import type { Graph } from '../graph.ts'
import { type ModelContext, PlanContext, type StepPlanner } from './context.ts'
import { sizeOf } from './planes.ts'
import { PLANNERS } from './planners.ts'
import { buffer, ProgramWriter } from './program.ts'
import type { Step, Steps } from './steps.ts'

/** How batches of one size are computed. */
export interface Plan {
  /** The products of vectors that a batch takes, without those of repeated instructions. */
  work: number
  /** Writes a program with buffers that no other program uses. */
  place(): Program
}

/** A program in the arena. */
export interface Program {
  address: number
  /** The addresses of the examples that it reads and of the results that it writes, [images, elements] each. */
  input: number
  output: number
}

/** Places the values of a batch of `images` examples, and packs the weights. */
export function planBatch(model: ModelContext, graph: Graph, steps: Steps, images: number): Plan {
  const { context, sizes } = layOut(model, graph, steps, images)
  const elements = (value: number) =>
    images * graph.nodes[value]!.shape.reduce((product, n) => product * n, 1)
  const input = context.buffers.allocate(elements(steps.input))
  const output = context.buffers.allocate(elements(steps.output))
  const lastUse = lastUses(steps)
  for (const [index, step] of steps.steps.entries()) {
    context.allocate(step.value, sizes(step.value))
    const planner = plannerOf(step)
    if (planner) planner.plan(context, step)
    else context.emit('readExamples', buffer(input), context.planes(step.value))
    for (const value of lastUse[index]!) context.release(value)
  }
  context.emit('writeExamples', context.planes(steps.output), buffer(output))

  const { constants } = model
  return {
    work: context.work,
    place() {
      const buffers = constants.allocate(context.buffers.length)
      const address = constants.write(context.writer.finish(buffers))
      return { address, input: buffers + input, output: buffers + output }
    },
  }
}

/** The address of a program that performs these, each on one thread. */
export function performing({ constants }: ModelContext, programs: readonly Program[]): number {
  const writer = new ProgramWriter()
  writer.instruction('perform', programs.length, ...programs.map(({ address }) => address))
  return constants.write(writer.finish(0))
}

/** The floats of all values of a batch, with the gaps between their rows, images and channels. */
export function placedFloats(model: ModelContext, graph: Graph, steps: Steps, images: number): number {
  const { context, sizes } = layOut(model, graph, steps, images)
  const planes = steps.steps.map(({ value }) => context.placed(String(value), sizes(value)))
  return planes.reduce((sum, { channels, channelPitch }) => sum + channels * channelPitch, 0)
}

/** Decides the pitches of all values. */
function layOut(model: ModelContext, graph: Graph, steps: Steps, images: number) {
  const context = new PlanContext(model, images)
  const sizes = (value: number) => sizeOf(graph.nodes[value]!.shape)
  for (const { value } of steps.steps) context.layout.add(String(value), sizes(value))
  for (const step of steps.steps) plannerOf(step)?.layout?.(context.layout, step, sizes)
  return { context, sizes }
}

/** The planner of a step; the input has none. */
function plannerOf({ node }: Step): StepPlanner | undefined {
  return node.op === 'input' ? undefined : PLANNERS[node.op]
}

/** For each step, the values that no later step reads. */
function lastUses({ steps, output }: Steps): number[][] {
  const last = new Map<number, number>()
  for (const [index, { value, inputs, residual }] of steps.entries()) {
    last.set(value, index)
    for (const input of inputs) last.set(input, index)
    if (residual !== undefined) last.set(residual, index)
  }
  last.delete(output)
  return steps.map((_, index) => [...last].filter(([, at]) => at === index).map(([value]) => value))
}
