import type { FastifyBaseLogger } from 'fastify'
import { z } from 'zod'

/**
 * The records that can be answered as the contract promises. One that is damaged or of an older version is left out and logged
 * with its id, so that it does not fail the whole list.
 *
 * @param show what a record is answered as; may throw
 */
export function showable<Stored extends { id: string }, Shape extends z.ZodType>(
  records: readonly Stored[],
  shape: Shape,
  show: (record: Stored) => z.output<Shape>,
  log: FastifyBaseLogger,
): Stored[] {
  return records.filter(record => {
    try {
      z.encode(shape, show(record))
      return true
    } catch (err) {
      log.error({ err, recordId: record.id }, 'a stored record cannot be shown and is left out of a list')
      return false
    }
  })
}
