import { WebSocket } from 'ws'
import type { Frame } from './watch-job.ts'

/** Resolves once the job is really training. */
export async function firstProgress(serviceUrl: string, jobId: string): Promise<void> {
  const socket = new WebSocket(`${serviceUrl.replace('http', 'ws')}/v1/jobs/${jobId}/stream`)
  await new Promise<void>((resolve, reject) => {
    socket.on('message', data => {
      if ((JSON.parse(String(data)) as Frame).type === 'progress') resolve()
    })
    socket.on('close', code => reject(new Error(`the stream closed with ${code} before any progress`)))
  })
  socket.removeAllListeners('close')
  socket.close()
}
