// The portal as an operator runs it: set up by its command line, `atonix serve` beside a cloud.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Client } from './http.mjs'
import { freePort, output, pause, serve } from './program.mjs'

const program = () => process.env.ATONIX_BIN
const password = randomUUID()

/** A simulated cloud; what it was asked, it tells. */
export async function simulator(data) {
  const port = await freePort()
  const secret = randomUUID()
  const root = `http://127.0.0.1:${port}`
  const auth = `${root}/identity/v3`
  const args = ['simulator', '--listen', `127.0.0.1:${port}`, '--password', secret]
  const env = { PATH: '/usr/bin:/bin', HOME: data }
  const { stop } = await serve(program(), args, { env, cwd: data, log: join(data, 'simulator.log'), ready: auth })
  const knobs = new Client(`${root}/simulator`)
  return {
    env: { OS_AUTH_URL: auth, OS_USERNAME: 'atonix-service', OS_PASSWORD: secret },
    /** Every change has happened by the next request. */
    hurry: () => knobs.json('PATCH', '/settings', { speed_millis: [0, 0] }),
    forget: () => knobs.json('DELETE', '/requests'),
    /** Waits until the portals have done what they do by themselves at their start, and forgets that. */
    async quiet() {
      for (let before = -1, now = 0; now !== before; ) {
        await pause(2000)
        before = now
        now = (await this.asked()).length
        if (now === 0) break
      }
      await this.forget()
    },
    /** The requests since the last `forget`, or those of one of our requests. */
    asked: async (id) => {
      const { requests } = await knobs.json('GET', `/requests${id ? `?global_request_id=${id}` : ''}`)
      return requests
    },
    stop: async () => {
      knobs.close()
      await stop()
    },
  }
}

/** What the portal asks of the cloud by itself is put off, so that the requests for pages can be counted. */
export const CALM = { ATONIX_DRIFT_SECONDS: '86400', ATONIX_SETTLED_SECONDS: '86400' }

/** A portal on a database, not yet started. */
export class Portal {
  constructor({ data, database, cloud }) {
    this.data = data
    this.env = {
      HOME: data, PATH: '/usr/bin:/bin', SECRET_KEY: randomUUID() + randomUUID(), DATABASE_URL: database, ...cloud,
    }
  }

  /** An operator's command; gives what it said. */
  run(args, input) {
    return output(program(), args, { env: { ...this.env, RUST_LOG: 'error' }, cwd: this.data, input })
  }

  /** The user `bench`, who can sign in. */
  async user() {
    await this.run(['user', 'create', 'bench', '--password-stdin'], password)
  }

  /** `devops-team/staging`, bound to a project. */
  async bind(project, region, [vcpus, ram, storage]) {
    await this.run(['binding', 'create', 'devops-team', 'staging', '--project', project, '--region', region,
      '--vcpus', vcpus, '--ram-gb', ram, '--storage-gb', storage, '--create-workspace', '--owner', 'bench'].map(String))
  }

  async token() {
    const said = await this.run(['token', 'issue', 'bench', '--name', 'bench'])
    return said.match(/atx_\S+/)[0]
  }

  /** Serves, until `stop`. */
  async start() {
    const token = await this.token()
    const port = await freePort()
    this.url = `http://127.0.0.1:${port}`
    const args = ['serve', '--listen', `127.0.0.1:${port}`]
    const { pid, stop } = await serve(program(), args, {
      env: this.env, cwd: this.data, log: join(this.data, 'serve.log'), ready: `${this.url}/readyz`,
    })
    Object.assign(this, { pid, end: stop, token })
    /** What a script sends. */
    this.rest = { authorization: `Token ${token}` }
    this.client = new Client(this.url, this.rest)
    await this.signIn()
  }

  async signIn() {
    const form = new URLSearchParams({ username: 'bench', password, next: '/w' }).toString()
    const visitor = new Client(this.url)
    const type = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }
    const answer = await visitor.ask('POST', '/sign-in', form, type)
    visitor.close()
    const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0]
    if (!cookie) throw new Error(`the sign-in is answered ${answer.status}, without a cookie`)
    /** What a browser sends: it takes pages compressed. */
    this.browser = { cookie, accept: 'text/html', 'accept-encoding': 'gzip, deflate, br, zstd' }
    this.visitor = new Client(this.url, this.browser)
  }

  async stop() {
    this.client?.close()
    this.visitor?.close()
    await this.end?.()
  }
}
