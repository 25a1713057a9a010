import { FormatError } from '#formats/format-error.ts'
import type { SplitName } from './dataset-writer.ts'
import { type FolderSurvey, type LabelledFolder, surveyFolders } from './folder-survey.ts'
import { commonFolder, type Folder, folderTree, imagesBelow } from './folder-tree.ts'
import { isOnlyRole, roleOf } from './split-words.ts'

/** What the folder of an image says about it. */
export interface ImagePlace {
  split: SplitName
  className: string
}

export interface ImageLayout {
  /** By folder; the images of other folders are left out. */
  places: ReadonlyMap<string, ImagePlace>
  /** How the folders were understood, one sentence each. */
  notes: readonly string[]
}

const NAMED = 5

/**
 * Finds splits and classes in the folders of a set of images.
 *
 * Splits are folders beside one another whose names say so (`Training` and `Testing`, `seg_train` and `seg_test`); validation and
 * test are both held out. A class is the folder that an image lies in; what lies deeper within a class belongs to it.
 *
 * @param images how many images each folder holds itself, by its path
 * @param given names of the classes, if they are known
 * @throws FormatError where test images could end up in the training split, or where no image has a class
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
  const what = unlabelled.length > 0 ? 'lie in no folder of a class' : 'are all in the test split'
  throw new FormatError(
    `there are no images to train on: those in ${pathsOf(folders)} ${what}; a class is a folder: ` +
      'CLASS/image.png, or train/CLASS/image.png and test/CLASS/image.png',
  )
}

/** @param passed the folders around all images. @throws FormatError when they say that all are test images */
function requireTraining(passed: readonly Folder[]): void {
  const split = passed.findLast(({ name }) => isOnlyRole(name))
  if (split && roleOf(split.name) !== 'train')
    throw new FormatError(
      `all images lie in ${split.path}/, which has the name of a test split: there are no images to train on`,
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

/** The innermost folder names the class, unless all folders to train on share it, as `images` in `cat/images` and `dog/images`. */
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
 * A split whose only folder is not a class, as `test/images`, holds images without labels; they are left out. Any other folder
 * whose class training does not have is a mistake. @throws FormatError
 */
function requireUnlabelledSplits(unknown: readonly ClassFolder[], all: readonly ClassFolder[]): void {
  const mistaken = unknown.find(({ within }) => all.filter(other => other.within === within).length > 1)
  if (!mistaken) return
  const { folder, className } = mistaken
  throw new FormatError(
    `${folder.path}/ holds test images of the class "${className}", of which there are none to train on`,
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
  const say = (count: number, folders: readonly Folder[], sentence: string) => {
    if (folders.length > 0) notes.push(`${count} of the images, in ${pathsOf(folders)}, ${sentence}.`)
  }
  const held = splits.filter(({ role, folder }) => role !== 'train' && usesOf(folder, found.places) > 0)
  const isMixed = new Set(held.map(({ role }) => role)).size > 1
  say(
    held.reduce((sum, { folder }) => sum + usesOf(folder, found.places), 0),
    held.map(({ folder }) => folder),
    `are the test split${isMixed ? ': validation and test are both held out, and there is one split for both' : ''}`,
  )
  say(countAll(outside), outside, 'lie beside the splits, in none of them, and were left out')
  say(countOwn(unlabelled), unlabelled, 'lie in no folder of a class and were left out')
  const unknown = found.unknown.map(({ folder }) => folder)
  say(countOwn(unknown), unknown, 'lie in a folder that is no class of the training split and were left out')
  if (found.classes.size === 1) notes.push(`All images are of one class, "${[...found.classes][0]}".`)
  return notes
}

/** How many images of a split have a class. */
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
  const paths = folders.slice(0, NAMED).map(({ path }) => (path === '' ? 'the top folder' : `${path}/`))
  const more = folders.length - paths.length
  return [...paths, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
