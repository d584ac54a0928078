// Pages as browsers ask for them, with a simulated cloud behind the portal that tells what it was asked.
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CALM, Portal, simulator } from './portal.mjs'
import { median, pause, resident, say } from './program.mjs'
import { load } from './wrk.mjs'

const SERVERS = 20
const VOLUMES = 30
const VIEWS = 3
/** A page's list may be five seconds old. */
const STALE = 6000

const PAGES = [
  ['overview', ''], ['inventory', '/inventory'], ['inventory, searched', '/inventory?search=volume'], ['audit', '/audit'],
  ['servers (service page)', '/k/vm'], ['volumes (service page)', '/k/volume'], ['drift', '/drift'],
]

const place = { workspace_id: 'devops-team', environment_id: 'staging' }
const server = (name) => ({ ...place, name, flavor_id: 'm1.tiny', image_id: 'ubuntu-22.04-lts', network_id: 'private' })
const create = (portal, path, body, more) => portal.client.json('POST', `/api/services/provision/${path}/`, body, more)

async function fill(portal) {
  for (let number = 0; number < SERVERS; number += 1) await create(portal, 'compute/vm', server(`server-${number}`))
  for (let number = 0; number < VOLUMES; number += 1) {
    await create(portal, 'storage/volume', { ...place, name: `volume-${number}`, size_gb: 1 })
  }
  const query = new URLSearchParams({ ...place, status: 'active', limit: 500 })
  for (let tries = 0; tries < 120; tries += 1) {
    const { resources } = await portal.client.json('GET', `/api/services/provision/resources/?${query}`)
    if (resources.length >= SERVERS + VOLUMES) return
    await pause(500)
  }
  throw new Error('what was created does not become active')
}

/** What the cloud is asked for one view, when what is remembered of it is too old. */
async function cold(portal, cloud, path) {
  const counts = []
  const times = []
  for (let view = 0; view < VIEWS; view += 1) {
    await pause(STALE)
    await cloud.forget()
    const { status, ms } = await portal.visitor.ask('GET', path)
    if (status !== 200) throw new Error(`${path}: ${status}`)
    times.push(ms)
    await pause(500)
    counts.push((await cloud.asked()).length)
  }
  return { calls: median(counts), ms: median(times) }
}

async function onePage(portal, cloud, name, path) {
  const first = await cold(portal, cloud, path)
  await load(portal.url + path, { headers: portal.browser })
  await cloud.forget()
  const loaded = await load(portal.url + path, { headers: portal.browser, seconds: 5 })
  const calls = (await cloud.asked()).length
  say(`page ${name}: ${loaded.perSecond.toFixed(0)} requests/s, ${calls} requests to the cloud in ${loaded.requests} views`)
  return { name, cold: first, ...loaded, calls, resident: resident(portal.pid) }
}

/** What the cloud is asked until a creation is answered, by its request id; the median of some. */
async function creation(portal, cloud) {
  const calls = []
  for (let number = 0; number < 5; number += 1) {
    const id = `req-${randomUUID()}`
    await create(portal, 'compute/vm', server(`counted-${number}`), { 'x-request-id': id })
    calls.push((await cloud.asked(id)).map(({ method, service, path }) => `${method} ${service} ${path}`))
  }
  const middle = median(calls.map((one) => one.length))
  return { calls: middle, which: calls.find((one) => one.length <= middle) ?? [] }
}

export async function pages(folder) {
  const data = join(folder, 'pages')
  mkdirSync(data)
  const cloud = await simulator(data)
  const portal = new Portal({ data, database: `sqlite://${data}/atonix.db`, cloud: { ...cloud.env, ...CALM } })
  try {
    await cloud.hurry()
    await portal.user()
    await portal.bind('devops-staging-9a3f', 'RegionOne', [500, 2000, 100_000])
    await portal.start()
    await fill(portal)
    const created = await creation(portal, cloud)
    await cloud.quiet()
    const measured = []
    for (const [name, path] of PAGES) measured.push(await onePage(portal, cloud, name, `/w/devops-team/staging${path}`))
    return { pages: measured, created, rows: { servers: SERVERS, volumes: VOLUMES } }
  } finally {
    await portal.stop()
    await cloud.stop()
  }
}
