import { FormatError } from '#formats/format-error.ts'
import { listed } from './listed.ts'

/** How many examples each class has, by split. */
export interface ClassCounts {
  train: Float64Array
  test: Float64Array
}

/** Sentences about anything unusual in the classes. @throws FormatError when no label of the test split occurs in the training split */
export function describeClasses(
  names: readonly string[],
  { train, test }: ClassCounts,
  isHot: boolean,
): string[] {
  const having = (test: (label: number) => boolean) => names.filter((_, label) => test(label))
  const onlyInTest = having(label => train[label] === 0 && test[label]! > 0)
  const tested = having(label => test[label]! > 0)
  const trained = having(label => train[label]! > 0)
  if (tested.length > 0 && onlyInTest.length === tested.length)
    throw new FormatError(
      `the test split has only labels (${listed(tested)}) that do not occur in the training split (${listed(trained)})`,
    )
  const absent = having(label => train[label] === 0 && test[label] === 0)
  return [
    ...(isHot ? [`The labels are one-hot and were read as ${names.length} classes.`] : []),
    ...(areShifted(names)
      ? [
          `The labels ${listed(names, '')} were read as ${names.length} classes, numbered from 0 in this order.`,
        ]
      : []),
    ...(onlyInTest.length > 0
      ? [
          `Classes that occur only in the test split, so that a model cannot learn them: ${listed(onlyInTest)}.`,
        ]
      : []),
    ...(absent.length > 0 ? [`Classes without examples: ${listed(absent)}.`] : []),
    ...(trained.length === 1 ? [`All training examples have the same class, ${listed(trained)}.`] : []),
  ]
}

/** Whether the names are numbers, but not the indices from 0. */
function areShifted(names: readonly string[]): boolean {
  return names.every(name => /^-?\d+$/.test(name)) && names.some((name, place) => name !== String(place))
}
