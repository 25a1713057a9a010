import { z } from 'zod'

/** A time in a query. */
export const TimeQuery = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a time as in 2026-11-29T05:00:00Z, or a date',
  })
  .transform(text => new Date(text))
