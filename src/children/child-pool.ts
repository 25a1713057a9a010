import { AppError } from '#domain/error.ts'
import type { ChildOptions } from './fork-confined.ts'
import { ServiceStopping } from './service-stopping.ts'
import { TasksByTenant } from './tasks-by-tenant.ts'
import { WarmChild } from './warm-child.ts'

export interface PoolOptions extends ChildOptions {
  /** The largest number of children at a time. */
  children: number
  /** A child without a task ends after this time, and frees its memory. */
  idleSeconds: number
  /** Children that stay without a task, once they have started. Default: none. */
  kept?: number
  /** The largest number of tasks that wait for a child. */
  waiting: number
  /** The largest number of tasks of one tenant that wait or are in progress. */
  perTenant: number
}

/** Options for choosing the child of a task. */
export interface Turn<Child> {
  /** Whose task it is; absent: it belongs to no tenant. */
  tenant?: string | undefined
  /** Large tasks leave one child to the small ones. */
  isLarge?: boolean
  /** Whether a child would do the task faster than another. */
  prefers?: (child: Child) => boolean
}

interface Slot<Child> {
  child: Child
  /** Its task; undefined while it is free. */
  task: 'small' | 'large' | undefined
  tenant?: string | undefined
  idle: NodeJS.Timeout | undefined
  /** Whether its child stays when it has no task. */
  isKept: boolean
}

interface Waiting<Child> {
  turn: Turn<Child>
  start: (slot: Slot<Child>) => void
  refuse: (error: Error) => void
}

const RETRY_AFTER = { 'retry-after': '10' }

/**
 * A few children that do tasks in parallel. The next task is one of the tenant with the fewest tasks in progress, and among these tenants they
 * take turns. Small tasks may overtake large ones. Large tasks never occupy the last child, nor do the tasks of one tenant; its large tasks
 * leave another one to the large tasks of the others. Children are started when they are needed.
 */
export class ChildPool<Task, Answer extends object> {
  readonly #slots: readonly Slot<WarmChild<Task, Answer>>[]
  readonly #idleMs: number
  readonly #maxWaiting: number
  readonly #byTenant: TasksByTenant
  #waiting: Waiting<WarmChild<Task, Answer>>[] = []
  readonly #running = new Set<Promise<unknown>>()
  #isClosed = false

  /** @param entry the URL of the children's program */
  constructor(
    entry: string,
    { children, idleSeconds, kept = 0, waiting, perTenant, ...options }: PoolOptions,
  ) {
    this.#slots = Array.from({ length: children }, (_, index) => ({
      child: new WarmChild<Task, Answer>(entry, options),
      task: undefined,
      idle: undefined,
      isKept: index < kept,
    }))
    this.#idleMs = idleSeconds * 1000
    this.#maxWaiting = waiting
    this.#byTenant = new TasksByTenant(perTenant)
  }

  /**
   * Calls `work` with a child that no other task uses meanwhile.
   * @throws AppError `unavailable` when too many tasks are waiting, or too many of the tenant; ServiceStopping
   */
  async use<T>(
    work: (child: WarmChild<Task, Answer>) => Promise<T>,
    turn: Turn<WarmChild<Task, Answer>> = {},
  ): Promise<T> {
    if (this.#isClosed) throw new ServiceStopping()
    const end = turn.tenant === undefined ? () => {} : this.#byTenant.begin(turn.tenant)
    try {
      return await this.#run(work, this.#take(turn) ?? (await this.#wait(turn)))
    } finally {
      end()
    }
  }

  async #run<T>(
    work: (child: WarmChild<Task, Answer>) => Promise<T>,
    slot: Slot<WarmChild<Task, Answer>>,
  ): Promise<T> {
    const running = work(slot.child)
    this.#running.add(running)
    try {
      return await running
    } catch (error) {
      throw this.#isClosed ? new ServiceStopping() : error
    } finally {
      this.#running.delete(running)
      this.#release(slot)
    }
  }

  /** Ends the children; running and waiting tasks fail with ServiceStopping before this resolves. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { refuse } of this.#waiting) refuse(new ServiceStopping())
    this.#waiting = []
    for (const { child, idle } of this.#slots) {
      clearTimeout(idle)
      child.close()
    }
    await Promise.allSettled(this.#running)
  }

  #take(turn: Turn<WarmChild<Task, Answer>>): Slot<WarmChild<Task, Answer>> | undefined {
    if (!this.#hasRoomFor(turn)) return undefined
    const free = this.#slots.filter(({ task }) => !task)
    const slot =
      free.find(({ child }) => turn.prefers?.(child)) ?? free.find(({ child }) => child.isWarm) ?? free[0]
    if (!slot) return undefined
    clearTimeout(slot.idle)
    slot.task = turn.isLarge ? 'large' : 'small'
    slot.tenant = turn.tenant
    return slot
  }

  #hasRoomFor({ tenant, isLarge }: Turn<WarmChild<Task, Answer>>): boolean {
    const busy = this.#slots.filter(({ task }) => task)
    const own = tenant === undefined ? [] : busy.filter(slot => slot.tenant === tenant)
    const leaves = (slots: typeof busy, free: number) => slots.length < Math.max(1, this.#slots.length - free)
    if (!leaves(own, 1)) return false
    const large = (slots: typeof busy) => slots.filter(({ task }) => task === 'large')
    return !isLarge || (leaves(large(busy), 1) && leaves(large(own), 2))
  }

  #wait(turn: Turn<WarmChild<Task, Answer>>): Promise<Slot<WarmChild<Task, Answer>>> {
    if (this.#waiting.length >= this.#maxWaiting) {
      const message = `${this.#waiting.length} requests of this kind are already waiting; try again later.`
      throw new AppError('unavailable', message, { headers: RETRY_AFTER })
    }
    return new Promise((start, refuse) => {
      this.#waiting.push({ turn, start, refuse })
    })
  }

  #release(slot: Slot<WarmChild<Task, Answer>>): void {
    slot.task = undefined
    // The tenant has had its turn: its waiting tasks go behind those of the others.
    const isOwn = ({ turn }: Waiting<WarmChild<Task, Answer>>) => turn.tenant === slot.tenant
    this.#waiting = [...this.#waiting.filter(waiting => !isOwn(waiting)), ...this.#waiting.filter(isOwn)]
    if (this.#isClosed) {
      slot.child.close()
      return
    }
    if (!slot.isKept) slot.idle = setTimeout(() => slot.child.close(), this.#idleMs).unref()
    for (const waiting of this.#inTurn()) {
      const next = this.#take(waiting.turn)
      if (!next) continue
      this.#waiting = this.#waiting.filter(other => other !== waiting)
      waiting.start(next)
    }
  }

  /** The waiting tasks in the order in which they may begin. */
  #inTurn(): Waiting<WarmChild<Task, Answer>>[] {
    const inProgress = ({ turn }: Waiting<WarmChild<Task, Answer>>) =>
      this.#slots.filter(({ task, tenant }) => task && tenant === turn.tenant).length
    return this.#waiting.toSorted((a, b) => inProgress(a) - inProgress(b))
  }
}
