import type { Graph } from '../graph.ts'
import type { ModelContext } from '../plan/context.ts'
import { type Plan, type Program, performing, planBatch } from '../plan/plan.ts'
import type { Steps } from '../plan/steps.ts'

/** The programs of a model. They are made when they are first needed, and kept. */
export class Programs {
  readonly #model: ModelContext
  readonly #graph: Graph
  readonly #steps: Steps
  readonly #plans = new Map<number, Plan>()
  readonly #placed = new Map<number, Program[]>()
  readonly #performing = new Map<string, number>()

  constructor(model: ModelContext, graph: Graph, steps: Steps) {
    this.#model = model
    this.#graph = graph
    this.#steps = steps
  }

  /** The products of vectors that a batch of this size takes. */
  work(images: number): number {
    return this.#plan(images).work
  }

  /** Programs for batches of one size, each with buffers of its own. */
  placed(images: number, batches: number): readonly Program[] {
    const placed = this.#placed.get(images) ?? []
    this.#placed.set(images, placed)
    while (placed.length < batches) placed.push(this.#plan(images).place())
    return placed.slice(0, batches)
  }

  /** The address of a program that performs those programs, each on one thread. */
  performing(images: number, batches: number): number {
    const key = `${images} ${batches}`
    const address = this.#performing.get(key) ?? performing(this.#model, this.placed(images, batches))
    this.#performing.set(key, address)
    return address
  }

  #plan(images: number): Plan {
    const plan = this.#plans.get(images) ?? planBatch(this.#model, this.#graph, this.#steps, images)
    this.#plans.set(images, plan)
    return plan
  }
}
