import { FormatError } from '#formats/format-error.ts'
import type { SplitName } from './dataset-writer.ts'
import { type FolderSurvey, type LabelledFolder, surveyFolders } from './folder-survey.ts'
import { commonFolder, type Folder, folderTree, imagesBelow } from './folder-tree.ts'
import { isOnlyRole, roleOf } from './split-words.ts'

/** The split and class of the images in a folder. */
export interface ImagePlace {
  split: SplitName
  className: string
}

export interface ImageLayout {
  /** By folder path; the images of other folders are left out. */
  places: ReadonlyMap<string, ImagePlace>
  /** How the folders were understood, one sentence each. */
  notes: readonly string[]
}

/** How many paths a message names. */
const MOST_PATHS = 5

/**
 * Finds splits and classes in the folders of a set of images.
 *
 * Splits are sibling folders with the names of splits (`Training` and `Testing`, `seg_train` and `seg_test`); validation and test
 * are both held out. A class is the folder that contains an image; folders within a class belong to it.
 *
 * @param images how many images each folder contains directly, by path
 * @param given names of the classes, if they are known
 * @throws FormatError if test images might be put into the training split, or if no image has a class
 */
export function layOutImages(
  images: ReadonlyMap<string, number>,
  given: readonly string[] = [],
): ImageLayout {
  const { folder: root, passed } = commonFolder(folderTree(images))
  requireTraining(passed)
  const isClass = root.children.length === 0 && root.path !== '' && !isOnlyRole(root.name)
  const survey = isClass ? ofOneClass(root) : surveyFolders(root)
  const labelled = withClasses(survey.labelled)
  const train = labelled.filter(({ split }) => split === 'train')
  if (train.length === 0) refuseUnlabelled(survey)
  const classes = new Set([...train.map(({ className }) => className), ...given])
  const unknown = labelled.filter(({ className }) => !classes.has(className))
  requireUnlabelledSplits(unknown, labelled)
  const places = labelled.filter(place => !unknown.includes(place))
  return {
    places: new Map(places.map(({ folder, split, className }) => [folder.path, { split, className }])),
    notes: notesOf(survey, { places, unknown, classes }),
  }
}

function refuseUnlabelled({ unlabelled, splits }: FolderSurvey): never {
  const folders = unlabelled.length > 0 ? unlabelled : splits.map(({ folder }) => folder)
  const what = unlabelled.length > 0 ? 'are not in the folder of a class' : 'are all in the test split'
  throw new FormatError(
    `there are no training images: those in ${pathsOf(folders)} ${what}; a class is a folder: ` +
      'CLASS/image.png, or train/CLASS/image.png and test/CLASS/image.png',
  )
}

/** @param passed the folders that contain all images. @throws FormatError if one of them is a test split */
function requireTraining(passed: readonly Folder[]): void {
  const split = passed.findLast(({ name }) => isOnlyRole(name))
  if (split && roleOf(split.name) !== 'train')
    throw new FormatError(
      `all images are in ${split.path}/, which has the name of a test split: there are no training images`,
    )
}

function ofOneClass(folder: Folder): FolderSurvey {
  return {
    labelled: [{ folder, split: 'train', labels: [folder.name] }],
    splits: [],
    unlabelled: [],
    outside: [],
  }
}

type ClassFolder = LabelledFolder & ImagePlace

/** The innermost folder is the class, unless all training folders share its name, as `images` in `cat/images` and `dog/images`. */
function withClasses(labelled: readonly LabelledFolder[]): ClassFolder[] {
  const train = labelled.filter(({ split }) => split === 'train')
  let depth = 1
  const shared = () => train[0]!.labels.at(-depth)
  while (
    train.length > 1 &&
    train.every(({ labels }) => labels.length > depth && labels.at(-depth) === shared())
  )
    depth++
  return labelled.map(place => ({ ...place, className: place.labels.at(-depth) ?? place.labels[0]! }))
}

/**
 * A split whose only folder is not a class, as `test/images`, contains images without labels, which are left out. Any other folder
 * whose class does not occur in the training split is a mistake. @throws FormatError
 */
function requireUnlabelledSplits(unknown: readonly ClassFolder[], all: readonly ClassFolder[]): void {
  const mistaken = unknown.find(({ within }) => all.filter(other => other.within === within).length > 1)
  if (!mistaken) return
  const { folder, className } = mistaken
  throw new FormatError(
    `${folder.path}/ contains test images of the class "${className}", which has no training images`,
  )
}

function notesOf(
  { splits, unlabelled, outside }: FolderSurvey,
  found: {
    places: readonly ClassFolder[]
    unknown: readonly ClassFolder[]
    classes: ReadonlySet<string>
  },
): string[] {
  const notes: string[] = []
  const add = (count: number, folders: readonly Folder[], sentence: string) => {
    if (folders.length > 0) notes.push(`${count} of the images, in ${pathsOf(folders)}, ${sentence}.`)
  }
  const held = splits.filter(({ role, folder }) => role !== 'train' && usesOf(folder, found.places) > 0)
  const isMixed = new Set(held.map(({ role }) => role)).size > 1
  add(
    held.reduce((sum, { folder }) => sum + usesOf(folder, found.places), 0),
    held.map(({ folder }) => folder),
    `are the test split${isMixed ? ': validation and test are both held out, and there is one split for both' : ''}`,
  )
  add(countAll(outside), outside, 'are beside the split folders and were left out')
  add(countOwn(unlabelled), unlabelled, 'are not in the folder of a class and were left out')
  const unknown = found.unknown.map(({ folder }) => folder)
  add(
    countOwn(unknown),
    unknown,
    'are in a folder that is not a class of the training split and were left out',
  )
  if (found.classes.size === 1) notes.push(`All images are of one class, "${[...found.classes][0]}".`)
  return notes
}

/** The number of images of a split that have a class. */
function usesOf(split: Folder, places: readonly ClassFolder[]): number {
  return countOwn(places.filter(({ within }) => within === split).map(({ folder }) => folder))
}

function countOwn(folders: readonly Folder[]): number {
  return folders.reduce((sum, { images }) => sum + images, 0)
}

function countAll(folders: readonly Folder[]): number {
  return folders.reduce((sum, folder) => sum + imagesBelow(folder), 0)
}

function pathsOf(folders: readonly Folder[]): string {
  const paths = folders.slice(0, MOST_PATHS).map(({ path }) => (path === '' ? 'the top folder' : `${path}/`))
  const more = folders.length - paths.length
  return [...paths, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
