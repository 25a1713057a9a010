import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { decodeImage, decodeMiddle, decodeWindow } from '#formats/image.ts'
import { pythonWith } from '#scripts/python-with.ts'

describe('an image file', () => {
  let folder: string
  const fileOf = (name: string) => readFile(join(folder, name))

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-images-'))
    const script = fileURLToPath(new URL('write_images.py', import.meta.url))
    await promisify(execFile)(await pythonWith(['numpy==2.4.6', 'pillow==13.0.0']), [script, folder])
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('becomes the pixels that PIL converts it to, in colour and in grey, whatever kind it is of', async () => {
    const names = (await readdir(folder)).filter(name => name.endsWith('.RGB')).map(name => name.slice(0, -4))
    assert.ok(names.length > 35)
    for (const name of names) {
      for (const [channels, mode] of [
        [3, 'RGB'],
        [1, 'L'],
      ] as const) {
        const { data, height, width } = await decodeImage(await fileOf(name), channels, name)
        assert.deepEqual([height, width], [33, 41], name)
        assert.ok((await fileOf(`${name}.${mode}`)).equals(data), `${name} as ${mode}`)
        const middle = await decodeMiddle(await fileOf(name), [16, 16], channels, name)
        assert.equal(middle.data.length, 16 * 16 * channels, name)
      }
    }
  })

  it('of 16 bits a sample keeps the upper 8, and says so', async () => {
    const { data, is16Bit } = await decodeImage(await fileOf('grey16.png'), 1, 'grey16.png')
    const samples = await sharp(await fileOf('grey16.png'))
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer()
    assert.deepEqual(
      [...data],
      [...data.keys()].map(i => samples.readUInt16LE(2 * i) >> 8),
    )
    assert.equal(is16Bit, true)
  })

  it('is not turned as its EXIF asks, and says that it asks', async () => {
    const turned = await decodeImage(await fileOf('turned.jpg'), 3, 'turned.jpg')
    const plain = await decodeImage(await fileOf('rgb.jpg'), 3, 'rgb.jpg')
    assert.deepEqual([turned.hasOrientation, turned.height, turned.width], [true, 33, 41])
    assert.equal(plain.hasOrientation, false)
  })

  it('with a colour profile is read as it is stored', async () => {
    const plain = await decodeImage(await fileOf('rgb.png'), 3, 'rgb.png')
    const profiled = await sharp(plain.data, { raw: { width: 41, height: 33, channels: 3 } })
      .withIccProfile('p3', { attach: true })
      .png()
      .toBuffer()
    const stored = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer()
    assert.ok(!stored.equals(plain.data))
    assert.ok(stored.equals((await decodeImage(profiled, 3, 'p3.png')).data))
  })

  it('gives a window and its middle in the same colours, alpha or none', async () => {
    const window = { top: 0, left: 4, height: 33, width: 33 }
    for (const [alpha, name] of [
      ['rgba.png', 'rgb.png'],
      ['rgba.bmp', 'rgb.bmp'],
    ] as const) {
      for (const channels of [1, 3] as const) {
        const cut = async (file: string) =>
          (await decodeWindow(await fileOf(file), () => window, [16, 16], channels, file)).data
        const middle = async (file: string) =>
          (await decodeMiddle(await fileOf(file), [16, 16], channels, file)).data
        assert.deepEqual(await cut(alpha), await cut(name))
        assert.deepEqual(await middle(alpha), await middle(name))
        assert.equal((await middle(name)).length, 16 * 16 * channels)
      }
    }
  })

  it('that cannot be read is refused by its name, and says why', async () => {
    const cut = async (name: string) => {
      const whole = await fileOf(name)
      return whole.subarray(0, whole.length / 2)
    }
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    const run = Buffer.from(await fileOf('palette.bmp'))
    run.writeUInt32LE(1, 30)
    const huge = Buffer.from(await fileOf('rgb.bmp'))
    huge.writeInt32LE(2 ** 30, 18)
    for (const [name, bytes, why] of [
      ['empty.png', Buffer.alloc(0), /is empty/],
      ['page.jpg', Buffer.from('<html>not found</html>'), /its format is not supported/],
      ['cut.jpg', await cut('rgb.jpg'), /it is damaged or cut off/],
      ['cut.png', await cut('rgb.png'), /it is damaged or cut off/],
      ['cut.bmp', await cut('rgb.bmp'), /the bitmap is cut off/],
      ['cut.ppm', await cut('rgb.ppm'), /the image is cut off/],
      ['start.bmp', Buffer.from('BM'), /the bitmap is cut off/],
      ['run.bmp', run, /compression 1; convert it to PNG/],
      ['huge.bmp', huge, /1073741824 x 33 pixels/],
      ['drawing.png', svg, /its format is svg; convert it to PNG or JPEG/],
      ['float.tif', await fileOf('float.tif'), /type float; convert it to 8 or 16 bits/],
    ] as const) {
      const message = new RegExp(`^${name.replace('.', '\\.')} .*${why.source}`)
      await assert.rejects(decodeImage(bytes, 3, name), { name: 'FormatError', message })
    }
  })
})
