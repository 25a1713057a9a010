import { z } from 'zod'

/** `ticket` of every stream. The authentication hook spends it; handlers do not need it. */
export const Ticket = z
  .string()
  .max(200)
  .optional()
  .describe('A ticket, for clients that cannot send a key as a header.')
