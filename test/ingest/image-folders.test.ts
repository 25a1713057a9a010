import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { zipSync } from 'fflate'
import sharp from 'sharp'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { DatasetRequest, FolderRequest } from '#ingest/dataset-request.ts'
import { ingest } from '#ingest/ingest.ts'

type Files = Readonly<Record<string, Uint8Array | string>>

const drawn = ({ r = 0, g = 0, b = 0, alpha = 1, side = 6 } = {}) =>
  sharp({ create: { width: side, height: side, channels: 4, background: { r, g, b, alpha } } })
const png = (colour: Parameters<typeof drawn>[0] = {}) => drawn(colour).png().toBuffer()

const zip = (files: Files) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, file]) => [name, Buffer.from(file)])))

describe('folders of images', () => {
  let folder: string
  let count = 0
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-folders-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  async function workDir() {
    const path = join(folder, String(count++))
    await mkdir(path)
    return path
  }

  async function contentOf({ path, facts }: Awaited<ReturnType<typeof ingest>>) {
    const tensors = new Map(decodeSafetensors(await readFile(path)).tensors.map(t => [t.name, t]))
    return { ...facts, notes: (facts.notes ?? []).join('\n'), tensors }
  }

  async function takeIn(archives: Files, spec: object = {}) {
    const work = await workDir()
    const files = Object.entries(archives).map(([name], index) => ({
      name,
      path: join(work, `upload-${index}`),
    }))
    for (const { name, path } of files) await writeFile(path, archives[name]!)
    return await contentOf(
      await ingest(DatasetRequest.parse({ name: 'x', format: 'imageFolder', ...spec }), files, work),
    )
  }

  const takeInOne = (files: Files, spec?: object) => takeIn({ 'a.zip': zip(files) }, spec)

  async function register(files: Files) {
    const [root, work] = [await workDir(), await workDir()]
    for (const [name, file] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), file)
    }
    const request = FolderRequest.parse({ name: 'x', format: 'imageFolder', folder: 'x', size: [6, 6] })
    return await contentOf(await ingest(request, [{ name: 'x', path: root }], work))
  }

  it('are the two splits of an archive if they are called Training and Testing', async () => {
    const image = await png()
    const files: Record<string, Uint8Array> = {}
    for (const [split, number] of [
      ['Training', 4],
      ['Testing', 2],
    ] as const) {
      for (const name of ['glioma', 'notumor']) {
        for (let i = 0; i < number; i++) files[`archive/${split}/${name}/${i}.png`] = image
      }
    }
    const { splits, classes, notes } = await takeInOne(files)
    assert.deepEqual([splits, classes], [{ train: 8, test: 4 }, ['glioma', 'notumor']])
    assert.match(notes, /^4 of the images, in archive\/Testing\/, are the test split\.$/m)
  })

  it('are the two splits of two archives', async () => {
    const files = { 'a/1.png': await png(), 'b/2.png': await png({ r: 9 }) }
    const { splits } = await takeIn({ 'train.zip': zip(files), 'test.zip': zip(files) })
    assert.deepEqual(splits, { train: 2, test: 2 })
  })

  it('are read from a tar that was made within the folder', async () => {
    const work = await workDir()
    for (const name of ['a', 'b']) {
      await mkdir(join(work, 'images', name), { recursive: true })
      await writeFile(join(work, 'images', name, '1.png'), await png())
    }
    await promisify(execFile)('tar', ['-czf', join(work, 'x.tgz'), '-C', join(work, 'images'), '.'])
    assert.deepEqual((await takeIn({ 'x.tgz': await readFile(join(work, 'x.tgz')) })).classes, ['a', 'b'])
  })

  it('may contain other files, which are skipped and counted', async () => {
    const { splits, classes, notes } = await takeInOne({
      'set/a/1.png': await png(),
      'set/b/2.PNG': await png(),
      'set/a/desktop.ini': '[.ShellClassInfo]',
      'set/a/Thumbs.db': 'x',
      'set/b/.DS_Store': 'x',
      '__MACOSX/set/a/._1.png': 'x',
      'set/labels.txt': 'a',
      'set/README': 'a',
      'set/b/2.xml': '<a/>',
      'set/a/1.xml': '<a/>',
      'other/list.csv': 'a',
    })
    assert.deepEqual([splits, classes], [{ train: 2, test: 0 }, ['a', 'b']])
    assert.match(
      notes,
      /^5 files that are not images were skipped: 2 \.xml, 1 \.txt, 1 without an extension, 1 \.csv\.$/m,
    )
  })

  it('may contain any supported image format, each read as the same pixels', async () => {
    const colour = { r: 10, g: 200, b: 30 }
    const ppm = Buffer.concat([
      Buffer.from('P6 6 6 255\n'),
      await drawn(colour).removeAlpha().raw().toBuffer(),
    ])
    const { tensors, dtype } = await takeInOne({
      'a/1.png': await png(colour),
      'a/2.gif': await drawn(colour).gif().toBuffer(),
      'a/3.webp': await drawn(colour).webp({ lossless: true }).toBuffer(),
      'b/4.tiff': await drawn(colour).tiff({ compression: 'lzw' }).toBuffer(),
      'b/5.ppm': ppm,
      'b/6.bmp': bitmap(6, 6, [30, 200, 10]),
    })
    const x = tensors.get('train/x')!
    assert.deepEqual([dtype, x.shape], ['uint8', [6, 6, 6, 3]])
    assert.deepEqual([...x.data], Array.from({ length: 6 * 36 }, () => [10, 200, 30]).flat())
  })

  it('are converted to grey as by PIL, without their alpha channel', async () => {
    const { tensors } = await takeInOne(
      {
        'a/1.png': await png({ r: 255 }),
        'b/2.png': await png({ g: 255, alpha: 0.5 }),
        'b/3.png': await png({ b: 255 }),
      },
      { channels: 1 },
    )
    const { data } = tensors.get('train/x')!
    assert.deepEqual([data[0], data[36], data[72]], [76, 150, 29])
  })

  it('have notes on how many images have more than 8 bits, and how many have an orientation', async () => {
    const deep = await drawn({ r: 9 }).toColourspace('rgb16').png().toBuffer()
    const turned = await drawn({ b: 9 }).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const { notes } = await takeInOne({ 'a/1.png': deep, 'b/2.jpg': turned, 'b/3.jpg': turned })
    assert.match(notes, /^1 of the images have 16 bits per sample, of which the upper 8 are kept\.$/m)
    assert.match(notes, /^2 of the images have an EXIF orientation, which is not applied/m)
  })

  it('are refused with the name of every file that cannot be read', async () => {
    const image = await png({ r: 1, side: 60 })
    const files = {
      'a/whole.png': image,
      'a/empty.png': '',
      'b/cut.png': image.subarray(0, image.length / 2),
      'b/page.jpg': '<html>404</html>',
    }
    for (const spec of [{}, { size: [8, 8] }]) {
      await assert.rejects(takeInOne(files, spec), ({ name, message }) => {
        assert.equal(name, 'FormatError')
        assert.match(message, /^a\.zip: a\/empty\.png is empty/)
        assert.match(
          message,
          /a\.zip: b\/cut\.png is not an image that can be read: it is damaged or cut off/,
        )
        assert.match(message, /a\.zip: b\/page\.jpg is not an image that can be read/)
        return true
      })
    }
  })

  for (const [what, files, why] of [
    [
      'an image format that is not supported',
      { 'a/1.png': 'x', 'b/2.HEIC': 'x' },
      /b\/2\.HEIC has an image format that is not supported \(\.HEIC\); convert it to PNG or JPEG/,
    ],
    [
      'no images',
      { 'a/1.txt': 'x', 'b/2': 'x' },
      /there are no images: 2 files that are not images were skipped: 1 \.txt, 1 without an extension/,
    ],
    ['images for tests alone', { 'test/a/1.png': 'x', 'test/b/2.png': 'x' }, /there are no training images/],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      await assert.rejects(takeInOne(files), { name: 'FormatError', message: why })
    })
  }

  it('are registered in place by the same rules', async () => {
    const image = await png()
    const files: Record<string, Uint8Array | string> = { 'README.md': 'x', 'set/Train/desktop.ini': 'x' }
    for (const split of ['Train', 'val', 'Test']) {
      for (const name of ['a', 'b']) files[`set/${split}/${name}/${split}.png`] = image
    }
    const { splits, classes, notes, tensors } = await register(files)
    assert.deepEqual([splits, classes], [{ train: 2, test: 4 }, ['a', 'b']])
    assert.match(notes, /4 of the images, in set\/Test\/, set\/val\/, are the test split/)
    assert.match(notes, /1 file that is not an image was skipped: 1 \.md/)
    const paths = Buffer.from(tensors.get('test/images')!.data as Uint8Array).toString()
    const ends = [...(tensors.get('test/ends')!.data as BigInt64Array)].map(Number)
    assert.deepEqual(
      ends.map((end, index) => paths.slice(ends[index - 1] ?? 0, end)),
      ['set/Test/a/Test.png', 'set/Test/b/Test.png', 'set/val/a/val.png', 'set/val/b/val.png'],
    )
    await assert.rejects(register({ 'a/1.png': '', 'b/1.png': image }), { message: /a\/1\.png is empty/ })
  })
})

/** Of one colour, blue first, 24 bits a pixel. */
function bitmap(width: number, height: number, colour: readonly number[]): Buffer {
  const rowBytes = Math.ceil((width * 3) / 4) * 4
  const file = Buffer.alloc(54 + rowBytes * height)
  file.write('BM')
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, width],
    [22, height],
  ] as const)
    file.writeUInt32LE(value, at)
  file.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) file.set(colour, 54 + rowBytes * y + 3 * x)
  }
  return file
}
