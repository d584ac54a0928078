// On a real OpenStack: what creating a server through the portal takes against the bare POST to Nova, in pairs; and the
// list of servers against Nova's.
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Cloud, given } from './cloud.mjs'
import { Portal } from './portal.mjs'
import { median, pause, resident, say } from './program.mjs'
import { load } from './wrk.mjs'

const PROJECT = 'devops-staging-9a3f'
const REGION = 'RegionOne'
const CHOICES = ['m1.tiny', 'cirros-0.6', 'private']
const WARM = 2
const LISTED = 10
const place = { workspace_id: 'devops-team', environment_id: 'staging' }
const VM = '/api/services/provision/compute/vm/'

async function until(what, happens) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await happens()) return
    await pause(300)
  }
  throw new Error(`it never came about that ${what}`)
}

/** One way to a server: how it is made, and how it goes. Both send the cloud the same. */
class Bare {
  constructor(cloud, chosen) {
    Object.assign(this, { cloud, chosen })
  }

  warm() {
    return this.cloud.compute.ask('GET', '/')
  }

  async make(name) {
    const { flavor, image, network } = this.chosen
    // As long as the portal's tag, which has its row's id.
    const server = { name, flavorRef: flavor, imageRef: image, networks: [{ uuid: network }], tags: [`bench0:${randomUUID()}`] }
    const { status, text, ms } = await this.cloud.compute.ask('POST', '/servers', { server })
    if (status !== 202) throw new Error(`Nova answers ${status}: ${text}`)
    return { id: JSON.parse(text).server.id, ms }
  }

  async remove(id) {
    await this.cloud.compute.ask('DELETE', `/servers/${id}`)
  }

  async gone() {
    return true
  }
}

class Ours {
  constructor(portal, chosen) {
    Object.assign(this, { portal, chosen })
  }

  warm() {
    return this.portal.client.ask('GET', '/healthz')
  }

  async make(name) {
    const { flavor, image, network } = this.chosen
    const body = { ...place, name, flavor_id: flavor, image_id: image, network_id: network }
    const { status, text, ms } = await this.portal.client.ask('POST', VM, body)
    if (status !== 201) throw new Error(`the portal answers ${status}: ${text}`)
    return { id: JSON.parse(text).resource.id, ms }
  }

  async remove(id) {
    const { status, text } = await this.portal.client.ask('DELETE', `${VM}${id}/?${new URLSearchParams(place)}`)
    if (status !== 202) throw new Error(`the portal answers ${status}: ${text}`)
  }

  /** Until then it counts against the quota. */
  async gone(id) {
    const query = new URLSearchParams({ ...place, search: id, status: 'gone' })
    const { resources } = await this.portal.client.json('GET', `/api/services/provision/resources/?${query}`)
    return resources.length > 0
  }
}

/** The cloud is quiet when the next one is made: this one has been built by then, and has gone. */
async function once(way, cloud, name) {
  await way.warm()
  const { id, ms } = await way.make(name)
  await built(cloud, id)
  await way.remove(id)
  await left(way, cloud, id)
  return ms
}

const built = (cloud, id) => until(`${id} is active`, async () => {
  const server = await cloud.status(id)
  if (server?.status === 'ERROR') throw new Error(`Nova cannot build: ${server.fault?.message}`)
  return server?.status === 'ACTIVE'
})

const left = (way, cloud, id) => until(`${id} is gone`, async () => !(await cloud.status(id)) && way.gone(id))

async function pairs(bare, ours, cloud) {
  const wanted = Number(process.env.PAIRS ?? 24)
  const measured = []
  for (let number = 0; number < WARM + wanted; number += 1) {
    const ways = { bare, ours }
    const order = number % 2 ? ['bare', 'ours'] : ['ours', 'bare']
    const pair = {}
    for (const way of order) pair[way] = await once(ways[way], cloud, `bench-${String(number).padStart(3, '0')}-${way}`)
    say(`create ${number < WARM ? 'to warm up' : number - WARM + 1}: Nova ${pair.bare.toFixed(0)} ms, ours ${pair.ours.toFixed(0)} ms`)
    if (number >= WARM) measured.push(pair)
  }
  return measured
}

async function listed(ours, cloud, portal) {
  const ids = []
  try {
    for (let number = 0; number < LISTED; number += 1) {
      const { id } = await ours.make(`listed-${number}`)
      ids.push(id)
      await built(cloud, id)
    }
    const page = '/w/devops-team/staging/k/vm'
    const times = { bare: [], cold: [] }
    for (let view = 0; view < 5; view += 1) {
      // Then the page's list is too old, and asked for anew.
      await pause(6000)
      times.bare.push((await cloud.compute.ask('GET', '/servers/detail')).ms)
      times.cold.push((await portal.visitor.ask('GET', page)).ms)
    }
    const bare = await load(`${cloud.compute.base}/servers/detail`, { headers: cloud.headers, seconds: 10 })
    const loaded = await load(portal.url + page, { headers: portal.browser, seconds: 10 })
    return {
      servers: LISTED, bareMs: median(times.bare), coldMs: median(times.cold), bare, page: loaded, resident: resident(portal.pid),
    }
  } finally {
    for (const id of ids) await ours.remove(id)
    for (const id of ids) await left(ours, cloud, id)
  }
}

export async function create(folder) {
  const data = join(folder, 'create')
  mkdirSync(data)
  const account = Object.fromEntries(['OS_AUTH_URL', 'OS_USERNAME', 'OS_PASSWORD'].map((name) => [name, given(name)]))
  const cloud = await Cloud.enter(PROJECT, REGION)
  const portal = new Portal({ data, database: `sqlite://${data}/atonix.db`, cloud: account })
  try {
    await portal.user()
    await portal.bind(PROJECT, REGION, [50, 200, 2000])
    await portal.start()
    const chosen = await cloud.choices(...CHOICES)
    const [bare, ours] = [new Bare(cloud, chosen), new Ours(portal, chosen)]
    const measured = await pairs(bare, ours, cloud)
    const list = await listed(ours, cloud, portal)
    return { pairs: measured, list }
  } finally {
    await portal.stop()
    cloud.close()
  }
}
