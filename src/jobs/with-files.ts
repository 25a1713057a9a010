import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'

/**
 * Finds something and uses its files. If a file is missing, it is looked for again, which explains the error if its record was deleted or
 * its files expired meanwhile.
 * @param find throws if it does not exist any more
 */
export async function withFiles<Found, Result>(
  find: () => Promise<Found>,
  use: (found: Found) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(await find())
  } catch (error) {
    if (error instanceof BlobNotFoundError) await find()
    throw error
  }
}
