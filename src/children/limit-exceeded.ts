/** The limits of a task; docs/limits.md lists the values. */
export interface TaskLimits {
  /** Elapsed time from the moment when its process is ready. */
  seconds: number
  /** The processor time of all threads from the same moment. */
  processorSeconds?: number
  residentBytes: number
  /** The total size of the files in its folder. */
  folderBytes: number
  answerBytes: number
}

const RESOURCES = {
  seconds: (limit: number) => `${count(Math.round(limit))} s`,
  processorSeconds: (limit: number) => `${count(Math.round(limit))} s of processor time`,
  residentBytes: (limit: number) => `${inMiB(limit)} of memory`,
  heapBytes: (limit: number) => `${inMiB(limit)} of JavaScript heap`,
  folderBytes: (limit: number) => `${inMiB(limit)} of files`,
  answerBytes: (limit: number) => `${inMiB(limit)} for its result`,
}
export type Resource = keyof typeof RESOURCES

/** A task exceeded a limit. The message completes "it takes more than". */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded'
  readonly resource: Resource

  constructor(resource: Resource, limit: number) {
    super(RESOURCES[resource](limit))
    this.resource = resource
  }
}

function inMiB(bytes: number): string {
  return `${count(bytes / 1024 ** 2)} MiB`
}

function count(number: number): string {
  return Math.ceil(number).toLocaleString('en')
}
