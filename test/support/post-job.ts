import request from 'supertest'

/** A network for the digits that is not a preset. */
export const ONE_LAYER = {
  inputShape: [28, 28, 1],
  layers: [
    { type: 'flatten', name: 'flatten' },
    { type: 'dense', units: 10, activation: 'linear', kernelInitializer: 'glorotUniform', name: 'out' },
  ],
}

/** Posts a job of the preset mnist-mlp, unless `body` says otherwise. @returns its id */
export async function postJob(url: string, body: object = {}): Promise<string> {
  const answer = await request(url)
    .post('/v1/jobs')
    .send({ model: { preset: 'mnist-mlp' }, ...body })
  return answer.body.id
}
