/** A test file that runs longer fails. */
export const FILE_TIMEOUT_MS = 900_000
