import { pino } from 'pino'
import { expireDue } from '#maintenance/expire-files.ts'
import { connectDefault } from '#test/support/connect-default.ts'

// Deletes what has expired, and kills its own process before a given write, counted from 1. Sends whether it got to the end.
const { redisUrl, artifactUrl, now, fatalWrite } = JSON.parse(process.argv[2]!)
const stores = await connectDefault({ redisUrl, artifactUrl })
let writes = 0
const live = () => {
  if (++writes === fatalWrite) process.kill(process.pid, 'SIGKILL')
}

/** The same object, whose methods with these names may be the last thing that the process does. */
function mortal<Target extends object>(target: Target, names: readonly (keyof Target)[]): Target {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (names.includes(name as keyof Target)) live()
        return value.apply(target, args)
      }
    },
  })
}

const of: typeof stores.of = owner => {
  const bound = stores.of(owner)
  return {
    ...bound,
    jobs: mortal(bound.jobs, ['revise']),
    blobs: mortal(bound.blobs, ['delete']),
    exports: mortal(bound.exports, ['forget']),
  }
}
await expireDue({ ...stores, of }, pino({ level: 'silent' }), now)
await stores.close()
process.send?.({ writes })
process.disconnect?.()
