import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { Thresher } from '@thresher/client'
import type { Page } from 'playwright-core'
import type { View } from '../support/browser/open-view.ts'
import { assertShows, cellsOf, termsOf } from '../support/browser/shown.ts'
import { type Dashboard, startDashboard } from '../support/browser/start-dashboard.ts'

const SMALL_JOB = { model: { preset: 'mnist-mlp' }, validation: { fraction: 0.9 }, epochs: 2 } as const
const POINTS = 'width,height,kind\n1,2,cat\n3,2,dog\n2,2,cat\n4,1,dog\n'

let dashboard: Dashboard
let thresher: Thresher
let view: View
before(async () => {
  dashboard = await startDashboard()
  thresher = new Thresher({ url: dashboard.url })
  view = await dashboard.open()
})
after(async () => {
  await view.close()
  await dashboard.stop()
})

async function upload(page: Page, content: string): Promise<void> {
  await page.getByRole('button', { name: 'Upload a dataset' }).click()
  const dialog = page.getByRole('dialog', { name: 'Upload a dataset' })
  await dialog.getByLabel('Files').setInputFiles({
    name: 'points.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(content),
  })
  await dialog.getByLabel('Label', { exact: true }).fill('kind')
  await dialog.getByRole('button', { name: 'Upload', exact: true }).click()
}

/** Answers the question of a button that deletes. */
async function confirmDeletion(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
}

describe('the pages of datasets', () => {
  it('upload a file and show what the service found in it', async () => {
    await view.see('/datasets', async page => {
      await upload(page, POINTS)
      await page.getByRole('heading', { name: 'points', level: 1 }).waitFor()
      const id = page.url().split('/').at(-1)!
      const { splits, inputShape, statistics, sizeBytes } = await thresher.datasets.get(id)
      const shown = await termsOf(page)
      assert.equal(shown.Id, id)
      assert.equal(shown.Shape, `${inputShape!.join(' × ')}, float32`)
      assertShows(shown['Training split'], splits!.train, 'the training split')
      assertShows(shown.Size, sizeBytes!, 'the size')
      for (const [index, [, mean, std]] of (await cellsOf(page, 'Statistics by channel')).entries()) {
        assertShows(mean, statistics!.mean[index]!, `the mean of channel ${index}`)
        assertShows(std, statistics!.std[index]!, `the deviation of channel ${index}`)
      }
      await page.getByRole('listitem').getByText('cat').waitFor()
    })
  })

  it('name the row of a file that is wrong', async () => {
    await view.see('/datasets', async page => {
      await upload(page, `${POINTS}many,1,dog\n`)
      await page.getByText('row 6, column "width"').waitFor()
      view.faults.length = 0
    })
  })

  it('lead from the list to a dataset, and delete it after a question', async () => {
    const { id } = await thresher.datasets.create(
      { name: 'old', format: 'csv', label: 'kind', header: true, delimiter: ',' },
      [{ name: 'old.csv', content: new Blob([POINTS]) }],
    )
    await view.see('/datasets?name=old', async page => {
      assert.equal((await cellsOf(page, 'Datasets')).length, 1)
      await page.getByRole('link', { name: 'old' }).click()
      await page.getByRole('heading', { name: 'old', level: 1 }).waitFor()
      await confirmDeletion(page)
      await page.getByRole('heading', { name: 'Datasets', level: 1 }).waitFor()
      await assert.rejects(thresher.datasets.get(id), { status: 404 })
    })
  })
})

describe('the pages of models', () => {
  let jobId: string
  before(async () => {
    jobId = (await thresher.jobs.create({ ...SMALL_JOB, name: 'digits' })).id
    await thresher.jobs.wait(jobId)
  })

  it('register the model of a job, and show its versions with the figures of the API', async () => {
    await view.see(`/models/register?job=${jobId}`, async page => {
      await page.getByLabel('Name').fill('digits')
      await page.getByRole('button', { name: 'Register' }).click()
      await page.getByRole('heading', { name: 'digits@1', level: 1 }).waitFor()
      await page.getByRole('row', { name: /digits@1/ }).waitFor()
      const { metrics, parameters } = await thresher.models.get('digits@1')
      const shown = await termsOf(page)
      assertShows(shown.Parameters, parameters, 'the parameters')
      assertShows(shown['Validation accuracy'], metrics!.validationAccuracy!, 'the accuracy')
      const [[, accuracy, sparsity]] = (await cellsOf(page, 'Versions of digits')) as [string[]]
      assertShows(accuracy, metrics!.validationAccuracy!, 'the accuracy of the version')
      assertShows(sparsity, metrics!.sparsity, 'the sparsity of the version')
    })
  })

  it('download a file of a model, which is created for it, byte for byte', async () => {
    await view.see('/models/digits@1', async page => {
      const name = 'model.sparse.safetensors'
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Download ${name}`, exact: true }).click(),
      ])
      assert.equal(download.suggestedFilename(), name)
      const digest = createHash('sha256')
        .update(await readFile(await download.path()))
        .digest('hex')
      const { data } = await thresher.models.artifacts('digits@1')
      const artifact = data.find(entry => entry.name === name)!
      assert.equal(digest, artifact.sha256)
      const file = page.getByRole('listitem').filter({ hasText: name }).first()
      // The list is fetched again when the file has been created.
      const size = file.locator('.artifact-size', { hasText: /\d/ })
      assertShows((await size.textContent())!, artifact.sizeBytes!, 'the size')
    })
  })

  it('describe presets, and lead to a job with one', async () => {
    await view.see('/models', async page => {
      await page.getByRole('link', { name: 'mnist-lenet' }).click()
      await page.getByRole('heading', { name: 'mnist-lenet', level: 1 }).waitFor()
      const { variables } = await thresher.models.get('mnist-lenet')
      const rows = await cellsOf(page, 'Variables')
      assert.deepEqual(
        rows.map(([name]) => name),
        variables.map(({ name }) => name),
      )
      assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0)
      await page.getByRole('link', { name: 'Train it' }).click()
      await page.getByLabel('Body of POST /v1/jobs').waitFor()
      assert.match(await page.getByLabel('Body of POST /v1/jobs').inputValue(), /"preset": "mnist-lenet"/)
    })
  })

  it('delete a version after a question', async () => {
    await view.see('/models/digits@1', async page => {
      await confirmDeletion(page)
      await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
      await assert.rejects(thresher.models.get('digits@1'), { status: 404 })
    })
  })
})

describe('the page of workers', () => {
  it('shows the live worker and the job that it trains now', async () => {
    const { id } = await thresher.jobs.create({ ...SMALL_JOB, name: 'a long training', epochs: 5_000 })
    await view.see('/workers', async page => {
      await page.getByRole('link', { name: 'a long training' }).waitFor()
      await page.getByRole('progressbar', { name: 'Progress' }).waitFor()
      await page.getByText('1 of 1 busy').waitFor()
      const { data } = await thresher.workers.list()
      const [[worker, , engine, device, threads]] = (await cellsOf(page, 'Workers')) as [string[]]
      assert.equal(worker, `${data[0]!.host} process ${data[0]!.pid}`)
      assert.equal(engine, `${data[0]!.engine}, ${data[0]!.engineVersion}`)
      assert.deepEqual([device, Number(threads)], [data[0]!.device, data[0]!.threads])
      await thresher.jobs.cancel(id)
      await page.getByText('0 of 1 busy').waitFor()
    })
  })
})
