import type { FastifyBaseLogger } from 'fastify'
import { z } from 'zod'

/**
 * The records that match the contract. A record that is damaged or of an older version is omitted and logged with its id, so that it
 * does not fail the whole list.
 *
 * @param show makes the resource of a record; may throw
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
      log.error({ err, recordId: record.id }, 'a list omits a stored record that cannot be shown')
      return false
    }
  })
}
