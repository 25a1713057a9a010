import { z } from 'zod'

/** Bytes, as OpenAPI describes them. */
export const Binary = z.string().meta({ format: 'binary' })

/** The file parts of one name in a form. */
export const FileParts = z.array(Binary).min(1)
