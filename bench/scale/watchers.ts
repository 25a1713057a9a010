import { once } from 'node:events'
import { WebSocket } from 'ws'

// A child process: watches jobs and notes how old each epoch is when it arrives.

/** The first message to this process, which answers `true` once every snapshot has arrived. */
export interface Watching {
  port: number
  headers: Record<string, string>
  jobIds: string[]
  /** Jobs on each socket. With one, it is the stream of that job, otherwise one with subscriptions. */
  perSocket: number
}

const OPENED_AT_ONCE = 50

let ages: number[] = []

process.once('message', async ({ port, headers, jobIds, perSocket }: Watching) => {
  const url = `ws://127.0.0.1:${port}`
  for (let from = 0; from < jobIds.length; from += perSocket * OPENED_AT_ONCE) {
    const opened: Promise<void>[] = []
    for (let at = from; at < Math.min(from + perSocket * OPENED_AT_ONCE, jobIds.length); at += perSocket)
      opened.push(open(url, headers, jobIds.slice(at, at + perSocket)))
    await Promise.all(opened)
  }
  /** Every other message is the number of epochs to wait for. The answer is their ages in milliseconds. */
  process.on('message', async (count: number) => {
    while (ages.length < count) await new Promise(resolve => setTimeout(resolve, 5))
    process.send!(ages)
    ages = []
  })
  process.send!(true)
})
process.on('disconnect', () => process.exit(0))

/** Resolves when the snapshot of each job has arrived. */
async function open(url: string, headers: Record<string, string>, jobIds: readonly string[]): Promise<void> {
  const isAlone = jobIds.length === 1
  const socket = new WebSocket(isAlone ? `${url}/v1/jobs/${jobIds[0]}/stream` : `${url}/v1/stream`, {
    headers,
  })
  let snapshots = 0
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', code => reject(new Error(`A socket was closed with ${code}.`)))
    socket.on('message', data => {
      const frame = JSON.parse(String(data))
      if (frame.type === 'epoch') ages.push(Date.now() - Date.parse(frame.time))
      if (frame.type === 'error') reject(new Error(JSON.stringify(frame)))
      if (frame.type === 'snapshot' && ++snapshots === jobIds.length) resolve()
    })
    if (isAlone) return
    void once(socket, 'open').then(() => {
      for (const jobId of jobIds) socket.send(JSON.stringify({ subscribe: { jobId } }))
    })
  })
}
