// The inventory, overview, search and audit among a thousand rows and a million, on both databases. No cloud is asked.
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { all as allCases } from './cases.mjs'
import { again, compare, measure } from './measure.mjs'
import { CALM, Portal, simulator } from './portal.mjs'
import { median, output, pause, resident, say } from './program.mjs'
import { openStreams } from './sse.mjs'
import { load } from './wrk.mjs'

const CLIENTS = 8
const STREAMS = 1000

const sizeOf = (folder) => readdirSync(folder).filter((name) => name.startsWith('atonix.db'))
  .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)

/** A database of its own, in a folder or on the server that ATONIX_TEST_POSTGRES names. */
const databases = {
  sqlite: async (data) => ({ url: `sqlite://${data}/atonix.db`, bytes: async () => sizeOf(data), ready: async () => {}, drop: async () => {} }),
  postgres: async (data, rows) => {
    const server = process.env.ATONIX_TEST_POSTGRES
    const name = `bench_${process.pid}_${rows}`
    const url = new URL(server)
    url.pathname = `/${name}`
    const psql = (at, sql) => output('psql', [String(at), '-qAtX', '-c', sql])
    await psql(server, `CREATE DATABASE ${name}`)
    return {
      url: String(url),
      bytes: async () => Number(await psql(url, 'SELECT pg_database_size(current_database())')),
      // What autovacuum does within minutes, so that it does not do it while we measure.
      ready: () => psql(url, 'VACUUM ANALYZE'),
      drop: () => psql(server, `DROP DATABASE ${name} WITH (FORCE)`),
    }
  },
}

/** A portal with so many rows, serving. What is to be put away again is added to `open` as it comes. */
async function seeded(kind, rows, folder, cloud, open) {
  const data = join(folder, `${kind}-${rows}`)
  mkdirSync(data)
  const database = await databases[kind](data, rows)
  const portal = new Portal({ data, database: database.url, cloud: { ...cloud.env, ...CALM } })
  open.push({ portal, database })
  await portal.user()
  const began = performance.now()
  const said = JSON.parse(await portal.run(['dev', 'seed', '--resources', String(rows), '--owner', 'bench', '--json']))
  const seedSeconds = (performance.now() - began) / 1000
  if (said.resources !== rows) throw new Error(`seeded ${said.resources} rows instead of ${rows}`)
  await database.ready()
  const bytes = await database.bytes()
  await portal.start()
  return { portal, seedSeconds, bytes }
}

/** The default page for ten seconds, and what the server takes of the memory after it. */
async function steady(portal, cases) {
  const usual = cases.find((one) => one.name === 'list: all, by -created_at')
  const run = () => load(`${portal.url}${usual.path}?${new URLSearchParams(usual.query)}`,
    { headers: portal.rest, seconds: 10, clients: CLIENTS })
  const list = await run()
  return { list, resident: resident(portal.pid), run }
}

async function oneSize(kind, rows, folder, cloud, open, small) {
  say(`${kind}, ${rows} rows: seeding`)
  const { portal, seedSeconds, bytes } = await seeded(kind, rows, folder, cloud, open)
  const cases = await allCases(portal, rows)
  say(`${kind}, ${rows} rows: ${cases.length} cases`)
  await cloud.quiet()
  // On an empty memory the first second would be that of the memory filling.
  await load(portal.url + cases[0].path + `?${new URLSearchParams(cases[0].query)}`, { headers: portal.rest, seconds: 2 })
  const measured = []
  const ratios = []
  for (const one of cases) {
    const figures = await measure(portal, one)
    measured.push(figures)
    const before = small?.measured.find(({ name }) => name === one.name)
    const ratio = await compare(portal, one, before, figures)
    if (ratio) ratios.push(ratio)
  }
  const { list, resident: memory, run } = await steady(portal, cases)
  const asked = (await cloud.asked()).length
  const good = measured.filter((one) => !one.wrong)
  const worst = good.reduce((one, other) => (other.p95 > one.p95 ? other : one))
  const figures = {
    rows, seedSeconds, bytes, median: median(good.map((one) => one.p95)),
    worst: { name: worst.name, p95: worst.p95 }, list, resident: memory, asked,
  }
  say(`${kind}, ${rows} rows: worst p95 ${worst.p95.toFixed(1)} ms (${worst.name}), ${list.perSecond.toFixed(0)} requests/s, ` +
    `${memory.toFixed(0)} MiB`)
  return { portal, cases, measured, ratios, figures, run }
}

/** What a thousand open streams add, under the same load. */
async function withStreams(portal, run) {
  const streams = await openStreams(`${portal.url}/events?workspace=seeded`, portal.rest, STREAMS)
  await pause(2000)
  const idle = resident(portal.pid)
  const list = await run()
  const figures = { streams: streams.open(), idle, resident: resident(portal.pid), list }
  streams.close()
  return figures
}

async function oneDatabase(kind, sizes, folder, cloud) {
  const open = []
  const figures = []
  try {
    let small, large
    for (const rows of sizes) {
      // The smallest stays, for what is to be measured a second time; it does nothing meanwhile.
      if (large && large !== small) await large.portal.stop()
      large = await oneSize(kind, rows, folder, cloud, open, small)
      figures.push(large.figures)
      small ??= large
    }
    const byName = (side, name) => [side.portal, side.cases.find((one) => one.name === name)]
    const ratios = []
    for (const one of large.ratios) {
      ratios.push(one.ratio > 2 ? await again(one, byName(small, one.name), byName(large, one.name)) : one)
    }
    const streams = await withStreams(large.portal, large.run)
    return { sizes: figures, small: small.measured, large: large.measured, ratios, streams }
  } finally {
    for (const { portal, database } of open) {
      await portal.stop()
      await database.drop()
    }
  }
}

export async function inventory(folder) {
  const sizes = (process.env.SIZES ?? '1000,10000,100000,1000000').split(',').map(Number).sort((a, b) => a - b)
  const kinds = (process.env.DATABASES ?? 'sqlite,postgres').split(',')
  const cloud = await simulator(folder)
  try {
    const measured = {}
    for (const kind of kinds) measured[kind] = await oneDatabase(kind, sizes, folder, cloud)
    return { databases: measured }
  } finally {
    await cloud.stop()
  }
}
