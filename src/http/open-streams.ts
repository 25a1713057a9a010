import type { FastifyInstance } from 'fastify'
import type { Grant, KeyStore } from '#stores/key-store.ts'

/** A lost message delays the end of a stream by at most this. */
const CHECK_MS = 10_000
/** The longest delay of a timer in Node. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The open streams of one key, each as the function that ends it. */
interface StreamsOfKey {
  /** Absent: the streams were opened while the service had no keys. */
  grant: Grant | undefined
  ends: Set<() => void>
}

/** The open WebSockets and event streams of this process, which end when their keys are revoked, are replaced or expire. */
export class OpenStreams {
  readonly #keys: KeyStore
  readonly #byGrant = new Map<string, StreamsOfKey>()

  constructor(keys: KeyStore) {
    this.#keys = keys
  }

  /** Begins to listen for revocations. @returns a function that stops it */
  watch(): () => void {
    const check = () => void this.endInvalid().catch(() => {})
    const stop = this.#keys.onChange(check)
    const timer = setInterval(check, CHECK_MS)
    timer.unref()
    return () => {
      stop()
      clearInterval(timer)
    }
  }

  /**
   * @param grant absent: the service has no keys; the stream ends when it gets one
   * @param end is called when the key is no longer valid
   * @returns a function that must be called once the stream has closed
   */
  add(grant: Grant | undefined, end: () => void, expiresAt?: string): () => void {
    const name = grant ? `${grant.keyId} ${grant.digest}` : ''
    const { ends } = this.#byGrant.get(name) ?? this.#open(name, grant)
    ends.add(end)
    const cancel = expiresAt === undefined ? undefined : callAt(expiresAt, end)
    return () => {
      cancel?.()
      ends.delete(end)
      if (ends.size === 0 && this.#byGrant.get(name)?.ends === ends) this.#byGrant.delete(name)
    }
  }

  /** Ends the streams whose keys are no longer valid. @throws whatever Redis throws; then none is ended */
  async endInvalid(): Promise<void> {
    const open = [...this.#byGrant.values()]
    if (open.length === 0) return
    const grants = open.flatMap(({ grant }) => grant ?? [])
    const found = await this.#keys.stillValid(grants)
    const valid = new Set(grants.filter((_, index) => found[index]))
    const hasKeys = await this.#keys.exist()
    for (const { grant, ends } of open) {
      if (grant ? !valid.has(grant) : hasKeys) for (const end of [...ends]) end()
    }
  }

  #open(name: string, grant: Grant | undefined): StreamsOfKey {
    const streams = { grant, ends: new Set<() => void>() }
    this.#byGrant.set(name, streams)
    return streams
  }
}

/** The open streams of an app, which are checked while it listens. */
export function watchStreams(app: FastifyInstance, keys: KeyStore): OpenStreams {
  const streams = new OpenStreams(keys)
  let stop = () => {}
  app.addHook('onListen', async () => {
    stop = streams.watch()
  })
  app.addHook('onClose', async () => stop())
  return streams
}

/** Calls a function at a time, unless that is weeks away: then the check of all streams finds the key expired. @returns cancels it */
function callAt(time: string, call: () => void): (() => void) | undefined {
  const left = Date.parse(time) - Date.now()
  if (left > LONGEST_TIMER_MS) return undefined
  const timer = setTimeout(call, left)
  timer.unref()
  return () => clearTimeout(timer)
}
