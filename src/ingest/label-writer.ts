import { FormatError } from '#formats/format-error.ts'
import { ClassNames, MOST_CLASSES } from './class-names.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { shortened } from './listed.ts'
import { losesDigits, lostDigits, parseBoolean, parseNumeral } from './numerals.ts'

/** The kind of labels: classes, or the target values of a regression. */
export type LabelKind = 'classes' | 'targets'

/** The spellings of a missing label in tables and tools. */
const MISSING = new Set(['nan', 'na', 'n/a', '#n/a', '<na>', 'null', 'none', '?', '-'])

/** A label, and its place in the files. */
interface Found {
  text: string
  where: string
}

/**
 * Writes one column of labels, given as strings. If `kind` is absent, it is decided after the last label: whole numbers and words are
 * classes; numbers are targets if one has a fraction. Until then they are written as both.
 */
export class LabelWriter {
  readonly #writer: DatasetWriter
  readonly #kind: LabelKind | undefined
  readonly #names: ClassNames
  /** The first label of each sort. */
  #number: Found | undefined
  #fraction: Found | undefined
  #word: Found | undefined
  #missing: Found | undefined
  /** The first label beyond the limit of classes. */
  #excess: Found | undefined
  #writtenAsFloat: string | undefined
  #inexact: number | undefined
  #isUsed = false

  constructor(writer: DatasetWriter, kind: LabelKind | undefined, classes: readonly string[] | undefined) {
    this.#writer = writer
    this.#kind = kind ?? (classes && 'classes')
    this.#names = new ClassNames(classes)
  }

  /** @param place of a label in errors, by its index. @throws FormatError for a label that is missing or of another sort than the rest */
  async append(
    split: SplitName,
    texts: readonly string[],
    place: (index: number) => string,
    source: string,
  ): Promise<void> {
    this.#isUsed = true
    const labels = texts.map(text => text.trim())
    const blank = labels.indexOf('')
    if (blank >= 0) throw new FormatError(`${place(blank)}: the label is missing`)
    if (this.#kind === undefined) for (const [index, text] of labels.entries()) this.#note(text, index, place)
    if (this.#mayBeTargets) await this.#appendTargets(split, labels, place, source)
    if (this.#mayBeClasses) await this.#appendClasses(split, labels, place, source)
  }

  /** Whether the request says that the labels are classes. */
  get areClasses(): boolean {
    return this.#kind === 'classes'
  }

  get #mayBeTargets(): boolean {
    return this.#kind === 'targets' || (!this.#kind && !this.#word && !this.#missing)
  }

  get #mayBeClasses(): boolean {
    return this.#kind === 'classes' || (!this.#kind && !this.#fraction && !this.#excess)
  }

  #note(text: string, index: number, place: (index: number) => string): void {
    const value = parseNumeral(text)
    if (value !== undefined && (Number.isInteger(value) ? this.#number : this.#fraction)) {
      if (text.includes('.')) this.#writtenAsFloat ??= text
      return
    }
    const found = { text, where: place(index) }
    if (value === undefined && MISSING.has(text.toLowerCase())) this.#missing ??= found
    else if (value === undefined) this.#word ??= found
    else if (Number.isInteger(value)) this.#number ??= found
    else this.#fraction ??= found
    if (value !== undefined && text.includes('.')) this.#writtenAsFloat ??= text
    this.#requireOneSort()
  }

  #requireOneSort(): void {
    const odd = this.#word ?? this.#missing
    if (!this.#fraction || !odd) return
    throw new FormatError(
      `${odd.where}: the label "${shortened(odd.text)}" is not a number, but "${this.#fraction.text}" (${this.#fraction.where}) is; correct it, leave the row out, or set \`labels\` to "classes" if both are names`,
    )
  }

  async #appendTargets(
    split: SplitName,
    labels: readonly string[],
    place: (index: number) => string,
    source: string,
  ): Promise<void> {
    const values = Float32Array.from(labels, (text, index) => {
      const value = parseNumeral(text) ?? parseBoolean(text)
      if (value === undefined)
        throw new FormatError(`${place(index)}: "${shortened(text)}" is not a finite number`)
      if (losesDigits(value)) this.#inexact ??= value
      return value
    })
    await this.#writer.appendTargets(split, values, 1, source)
  }

  async #appendClasses(
    split: SplitName,
    labels: readonly string[],
    place: (index: number) => string,
    source: string,
  ): Promise<void> {
    const classes = new Int32Array(labels.length)
    for (const [index, text] of labels.entries()) {
      const number = this.#names.find(text, () => place(index))
      if (number === undefined) return this.#exceed({ text, where: place(index) })
      classes[index] = number
    }
    await this.#writer.appendClasses(split, classes, source)
  }

  /** Too many whole numbers may still be targets; too many words are an error. */
  #exceed(excess: Found): void {
    const isOpen = this.#kind === undefined && !this.#word && !this.#missing
    if (!isOpen) this.#names.numberOf(excess.text, excess.where)
    this.#excess = excess
  }

  /** Decides what the labels are. @throws FormatError if they are neither classes nor targets */
  settle(): void {
    if (!this.#isUsed) return
    if (this.#number && this.#missing && !this.#word)
      throw new FormatError(
        `${this.#missing.where}: the label is missing ("${this.#missing.text}"); the other labels are numbers`,
      )
    const kind = this.#kind ?? (this.#fraction ? 'targets' : 'classes')
    if (kind === 'classes' && this.#excess)
      throw new FormatError(
        `${this.#excess.where}: there are more than ${MOST_CLASSES} different whole numbers as labels, too many for classes; set \`labels\` to "targets" if they are quantities`,
      )
    if (kind === 'classes') this.#writer.names = this.#names
    else if (this.#inexact !== undefined) this.#writer.notes.add(lostDigits('The target', this.#inexact))
    this.#writer.keepLabels(kind)
  }

  /** A sentence on how the labels were read if the request left it open. @param column the name of the labels */
  describe(column: string): string | undefined {
    if (this.#kind) return undefined
    if (this.#fraction)
      return `${column} contains numbers with fractions, such as ${shortened(this.#fraction.text)}, so it was read as a target, not as classes.`
    if (this.#word || this.#missing) {
      const missing = this.#missing ? `, "${this.#missing.text}" among them` : ''
      const isBoolean = this.#word !== undefined && parseBoolean(this.#word.text) !== undefined
      const what = this.#number ? 'words and numbers' : isBoolean ? 'booleans' : 'words'
      return `${column} contains ${what}${missing}, so it was read as the names of classes.`
    }
    const written = this.#writtenAsFloat ? ` (also written as ${shortened(this.#writtenAsFloat)})` : ''
    return `${column} contains whole numbers${written}, so it was read as classes. If they are quantities, upload again with "labels": "targets".`
  }
}
