import { unexpected } from './answers.ts'

/** Far more than any event of the service. Another server could send an event without end. */
const LARGEST_EVENT_CHARACTERS = 16 * 1024 ** 2

export interface ServerSentEvent {
  /** `message` if the stream names no type. */
  type: string
  data: string
  /** The last id of the stream so far. */
  lastId: string
}

/**
 * Parses a stream of server-sent events (WHATWG HTML, section 9.2.6).
 * @throws ThresherError for an event of more than 16 Mi characters
 * @param onActivity called for every chunk, so that comments, which keep the connection alive, count
 */
export async function* serverSentEvents(
  body: AsyncIterable<string>,
  onActivity: () => void = () => {},
): AsyncGenerator<ServerSentEvent> {
  const parser = new Parser()
  for await (const chunk of body) {
    onActivity()
    yield* parser.push(chunk)
  }
}

class Parser {
  #rest = ''
  #isFirst = true
  #type = ''
  #data: string[] = []
  #dataCharacters = 0
  #lastId = ''

  /** @returns the events that this chunk completes */
  push(chunk: string): ServerSentEvent[] {
    let text = this.#rest + chunk
    if (this.#isFirst && text !== '') {
      this.#isFirst = false
      text = text.replace(/^\uFEFF/, '')
    }
    // A carriage return at the end may be the first half of a line end.
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop()!
    const events = lines.flatMap(line => this.#line(line) ?? [])
    if (this.#rest.length + this.#dataCharacters > LARGEST_EVENT_CHARACTERS)
      throw unexpected('An event of the stream has more than 16 Mi characters.')
    return events
  }

  #line(line: string): ServerSentEvent | undefined {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.#type = value
    else if (field === 'data') this.#addData(value)
    else if (field === 'id' && !value.includes('\0')) this.#lastId = value
    return undefined
  }

  #addData(value: string): void {
    this.#data.push(value)
    this.#dataCharacters += value.length + 1
  }

  /** An event that is not followed by an empty line is incomplete, and is dropped with the connection. */
  #dispatch(): ServerSentEvent | undefined {
    const event = { type: this.#type || 'message', data: this.#data.join('\n'), lastId: this.#lastId }
    const isEmpty = this.#data.length === 0
    this.#type = ''
    this.#data = []
    this.#dataCharacters = 0
    return isEmpty ? undefined : event
  }
}
