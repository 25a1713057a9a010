import type { JobEvent } from '#domain/event.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'

/** Trains a job through the service and returns the metrics of its epochs. @throws Error when the job does not succeed */
export async function trainJob(serviceUrl: string, request: object): Promise<EpochMetrics[]> {
  const submitted = await fetch(`${serviceUrl}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  })
  const job = (await submitted.json()) as { id: string }
  if (submitted.status !== 201) throw new Error(`the job was refused: ${JSON.stringify(job)}`)
  const stream = await fetch(`${serviceUrl}/v1/jobs/${job.id}/events`, {
    headers: { accept: 'text/event-stream' },
  })
  const epochs: EpochMetrics[] = []
  for (const event of parseEvents(await stream.text())) {
    if (event.type === 'failed') throw new Error(`the job failed: ${JSON.stringify(event.data)}`)
    if (event.type === 'epoch') epochs.push(event.data)
  }
  return epochs
}

/** Parses the JSON of every `data:` line. The server ends the stream when the job ends. */
function parseEvents(text: string): JobEvent[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('data: '))
    .map(line => JSON.parse(line.slice('data: '.length)))
}
