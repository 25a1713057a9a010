const SPACE = /[ \t\n\r]*/y
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const LITERAL = /true|false|null/y
const WORD = /-?[A-Za-z_$][\w$]*|[^\s]/y

/** Words of Python and JavaScript that JSON does not have, and their replacements. */
const FOREIGN: Readonly<Record<string, string>> = {
  NaN: 'JSON has no NaN',
  Infinity: 'JSON has no Infinity',
  '-Infinity': 'JSON has no Infinity',
  True: 'JSON writes true',
  False: 'JSON writes false',
  None: 'JSON writes null',
  undefined: 'JSON writes null or omits the field',
}

export interface JsonError {
  offset: number
  message: string
}

/**
 * The position of the first JSON syntax error in a text (RFC 8259), and what was expected there; undefined for valid JSON. JSON.parse
 * reports neither for most mistakes.
 */
export function locateJsonError(text: string): JsonError | undefined {
  return new Scanner(text).scan()
}

class Scanner {
  readonly #text: string
  #at = 0
  /** The mistake within a string. */
  #broken: JsonError | undefined

  constructor(text: string) {
    this.#text = text
  }

  /** Keeps its own stack, because a text may be nested deeper than the call stack allows. */
  scan(): JsonError | undefined {
    const open: ('{' | '[')[] = []
    for (;;) {
      const opened = this.#value(open)
      if (typeof opened === 'object') return opened
      if (opened) continue
      const closed = this.#afterValue(open)
      if (typeof closed === 'object') return closed
      if (closed) return undefined
    }
  }

  /** Reads a scalar, or opens an object or array. @returns whether the first member follows */
  #value(open: ('{' | '[')[]): JsonError | boolean {
    this.#take(SPACE)
    if (this.#string() || this.#take(LITERAL) || this.#take(NUMBER)) return false
    const bracket = this.#text[this.#at]
    if (bracket !== '{' && bracket !== '[') return this.#expected('a value')
    this.#at++
    this.#take(SPACE)
    if (this.#text[this.#at] === (bracket === '{' ? '}' : ']')) {
      this.#at++
      return false
    }
    open.push(bracket)
    return bracket === '[' ? true : (this.#key('a name in double quotes, or }') ?? true)
  }

  /** Reads the part after a value: the next member, or the ends of open objects and arrays. @returns whether the text has ended */
  #afterValue(open: ('{' | '[')[]): JsonError | boolean {
    for (;;) {
      this.#take(SPACE)
      const next = this.#text[this.#at]
      const bracket = open.at(-1)
      if (bracket === undefined) return next === undefined ? true : this.#expected('the end')
      const end = bracket === '{' ? '}' : ']'
      if (next === ',') {
        this.#at++
        return bracket === '[' ? false : (this.#key('a name in double quotes') ?? false)
      }
      if (next !== end) return this.#expected(`, or ${end}`)
      this.#at++
      open.pop()
    }
  }

  #key(what: string): JsonError | undefined {
    this.#take(SPACE)
    if (!this.#string()) return this.#expected(what)
    this.#take(SPACE)
    if (this.#text[this.#at] !== ':') return this.#expected('a colon')
    this.#at++
    return undefined
  }

  /** Uses no regular expression, because one would overflow the stack for strings of megabytes. */
  #string(): boolean {
    if (this.#text[this.#at] !== '"') return false
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const character = this.#text[at]!
      if (character === '"') {
        this.#at = at + 1
        return true
      }
      if (character < ' ')
        return this.#break(at, 'found a line break or control character within a string (write \\n)')
      if (character !== '\\') continue
      ESCAPE.lastIndex = at + 1
      if (!ESCAPE.test(this.#text))
        return this.#break(at, 'found a backslash that escapes nothing (write \\\\)')
      at = ESCAPE.lastIndex - 1
    }
    return this.#break(this.#at, 'found a string without its closing quote')
  }

  #break(offset: number, message: string): false {
    this.#broken = { offset, message }
    return false
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    const found = pattern.test(this.#text)
    if (found) this.#at = pattern.lastIndex
    return found
  }

  #expected(what: string): JsonError {
    if (this.#broken) return this.#broken
    const offset = this.#at
    if (offset >= this.#text.length) return { offset, message: `expected ${what}, but the text ends` }
    WORD.lastIndex = offset
    const [word] = WORD.exec(this.#text) ?? [this.#text[offset]!]
    const hint = Object.hasOwn(FOREIGN, word) ? ` (${FOREIGN[word]})` : ''
    return { offset, message: `expected ${what}, found ${word.slice(0, 40)}${hint}` }
  }
}
