import { z } from 'zod'

/** Of an action that takes no parameters: an empty object, or nothing, which is null here. */
export const NoBody = z.strictObject({}).nullish()
