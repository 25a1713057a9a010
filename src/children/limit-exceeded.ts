/** What a task may use; see docs/limits.md for the values. */
export interface TaskLimits {
  /** From the moment that its process is ready. */
  seconds: number
  /** Of the processor, all threads together, from the same moment. */
  processorSeconds?: number
  residentBytes: number
  /** Of the files in its folder, together. */
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

/** A task needed more than its limit. The message completes "it takes more than". */
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
