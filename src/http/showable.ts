import type { FastifyBaseLogger } from 'fastify'
import { z } from 'zod'

/**
 * Those of some stored records that can be answered as what the contract promises. One of an older version, or damaged, must not
 * hide the others of its list: it is left out and logged by its id.
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
