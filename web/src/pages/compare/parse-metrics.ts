import type { EpochMetrics } from '@thresher/client'

/** Epochs as the CSV of the service has them: without the layers, and without the number of epochs of the job. */
export type EpochRow = Omit<EpochMetrics, 'layers' | 'epochs'>

/** Reads the CSV of a job's metrics. An empty cell is a metric that the epoch does not have. */
export function parseMetrics(csv: string): EpochRow[] {
  const [header = '', ...lines] = csv.split('\r\n')
  const columns = header.split(',')
  return lines.filter(Boolean).map(line => {
    const cells = line.split(',').map((cell, index) => [columns[index]!, cellValue(cell)] as const)
    return Object.fromEntries(cells.filter(([, value]) => value !== undefined)) as unknown as EpochRow
  })
}

function cellValue(cell: string): number | string | undefined {
  if (cell === '') return undefined
  const number = Number(cell)
  return Number.isNaN(number) && cell !== 'NaN' ? cell : number
}
