import type { AnalysisRequest } from '@thresher/client'
import type { Context } from '../context.ts'
import { Failure } from '../failure.ts'
import { bar } from '../terminal/bar.ts'
import { LiveArea } from '../terminal/live-area.ts'

interface Options {
  level?: number[] | undefined
  checkpoint?: 'best' | 'latest' | number | undefined
}

const WIDTH = 30

/** Has a worker measure the trade-off of a job, and shows its progress. @throws Failure if the analysis does not succeed */
export async function measureTradeoff(
  { thresher, err, errColors, isLive }: Context,
  id: string,
  { level, checkpoint }: Options,
): Promise<void> {
  const request: AnalysisRequest = {
    kind: 'tradeoff',
    jobs: [checkpoint === undefined ? id : { id, checkpoint }],
    ...(level && { levels: level }),
  }
  const analysis = await thresher.analyses.create(request)
  const live = isLive ? new LiveArea(err) : undefined
  live?.show([errColors.dim('waiting for a worker')])
  try {
    for await (const frame of thresher.analyses.watch(analysis.id)) {
      if (frame.type !== 'progress') continue
      const share = frame.done / frame.total
      live?.show([`${bar(share, WIDTH, errColors)}  ${frame.done} of ${frame.total} points`])
    }
  } finally {
    live?.clear()
  }
  const { status, error } = await thresher.analyses.get(analysis.id)
  if (status !== 'succeeded') throw new Failure(`The measurement has ${status}. ${error?.message ?? ''}`)
}
