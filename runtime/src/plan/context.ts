import type { Host } from '../engine/host.ts'
import type { Kernels } from '../options.ts'
import { Buffers } from './buffers.ts'
import type { Constants } from './constants.ts'
import { Layout } from './layout.ts'
import type { Opcode } from './opcodes.ts'
import { channelPitchOf, type Planes, positionsOf, type Size } from './planes.ts'
import { type Operand, ProgramWriter } from './program.ts'
import type { Step } from './steps.ts'

/** What all plans of a model share. */
export interface ModelContext {
  host: Host
  kernels: Kernels
  constants: Constants
  /** What packing of weights has made, by name. */
  packed: Map<string, unknown>
  /** How each node with a kernel is computed, by its name. */
  computed: Map<string, 'sparse' | 'dense'>
}

/** How a kind of node becomes instructions. */
export interface StepPlanner {
  /** Joins the layouts of values that a product needs alike, and adds values of its own. */
  layout?(layout: Layout, step: Step, sizes: (value: number) => Size): void
  /** Writes the instructions. The buffer of the output exists. */
  plan(context: PlanContext, step: Step): void
}

/** What the planners of a batch size write to. */
export class PlanContext {
  readonly model: ModelContext
  readonly images: number
  readonly layout: Layout
  readonly writer = new ProgramWriter()
  readonly buffers = new Buffers()
  /** The products of vectors so far. */
  work = 0
  readonly #planes = new Map<number, Planes>()

  constructor(model: ModelContext, images: number) {
    this.model = model
    this.images = images
    this.layout = new Layout(images, model.host.lanes)
  }

  /** Where a value is. */
  planes(value: number): Planes {
    return this.#planes.get(value)!
  }

  /** Gives memory to a value, with the pitches of its layout. */
  allocate(value: number, size: Size): Planes {
    const planes = this.temporary(String(value), size)
    this.#planes.set(value, planes)
    return planes
  }

  release(value: number): void {
    this.buffers.release(this.planes(value).at)
    this.#planes.delete(value)
  }

  /** Memory for planes of this step only, which the planner releases itself. */
  temporary(name: string, size: Size): Planes {
    const planes = this.placed(name, size)
    return { ...planes, at: this.buffers.allocate(planes.channelPitch * planes.channels) }
  }

  /** Planes with the pitches of a layout, without memory. */
  placed(name: string, { height, width, channels }: Size): Planes {
    const { images } = this
    const planes = { height, width, channels, images, ...this.layout.pitchesOf(name), at: 0, channelPitch: 0 }
    return { ...planes, channelPitch: channelPitchOf(positionsOf(planes), this.model.host.lanes) }
  }

  emit(opcode: Opcode, ...operands: readonly Operand[]): void {
    this.writer.instruction(opcode, ...operands)
  }

  /** What `make` returns, made once for all plans of the model. */
  packed<T>(name: string, make: () => T): T {
    const { packed } = this.model
    if (!packed.has(name)) packed.set(name, make())
    return packed.get(name) as T
  }
}
